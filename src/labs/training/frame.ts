/** The data that a run of the training lab sends to the page at one step. Losses and entropies in nats. */
import type { Scheme } from '../common/schemes.ts'

/** Numbers that a measurement gives. */
export interface MeasuredNumbers {
  /** Mean loss on the held-out windows, nats. */
  readonly validationLoss: number
  /** Standard deviation of the logits over all words of all measured positions. */
  readonly logitStd: number
  /** Mean over the positions: the probability of the input word itself. */
  readonly ownProbability: number
  /** Mean cosine between the final state and the input word's embedding. */
  readonly alignment: number
}

/** One of the two models. */
export interface ModelFrame {
  readonly scheme: Scheme
  /** Standard deviation of the embedding's entries when they were drawn. */
  readonly std: number
  /** [step + 1]: entry i is the mean loss on batch i, before its update. NaN from the step where it was not finite. */
  readonly losses: Float32Array
  /** The numbers at `TrainingFrame.measuredStep`; NaN for a model that had stopped. */
  readonly newest: MeasuredNumbers
  /** Curves of the `MeasuredNumbers`, each [measured steps]. */
  readonly validationLosses: Float32Array
  readonly logitStds: Float32Array
  readonly ownProbabilities: Float32Array
  readonly alignments: Float32Array
  /** At `measuredStep`: [bins], density of the logits over `edges` [bins + 1]; empty until measured. */
  readonly histogramEdges: Float32Array
  readonly histogramDensity: Float32Array
  /** At `measuredStep`: [landscapeRows, landscapeBins], largest probability of a bin of the vocabulary. */
  readonly landscape: Float32Array
  /** At `measuredStep`: [rank bins], mean norm of the embedding's rows; empty until measured. */
  readonly rowNorms: Float32Array
  /** The text that the model wrote after `prompt` at step 0; empty until then. */
  readonly firstContinuation: string
  /** The newest such text, and the step at which it wrote; empty and −1 until then. */
  readonly continuation: string
  readonly continuationStep: number
  /** The step at which its loss or gradient was no longer finite; −1 while it trains. */
  readonly stoppedAt: number
}

/** The race: how many steps the slower model needs to reach the loss that the faster one had after 20 steps. */
export interface RaceFrame {
  /** The model (0 or 1) that has to catch up with the other one; undefined until step 20 is measured. */
  readonly slower: 0 | 1 | undefined
  /** The faster model's validation loss after 20 steps; NaN until then. */
  readonly goal: number
  /** The guess that the race goes on with; NaN until then. */
  readonly guess: number
  /** The first measured step at which the slower model's validation loss is not above the goal; NaN until then. */
  readonly reachedAt: number
}

export interface TrainingFrame {
  /** Loaded share of the text, 0…1, and bytes, while the text loads. `models` is undefined then. */
  readonly loading: { readonly share: number; readonly bytes: number } | undefined
  readonly models: readonly [ModelFrame, ModelFrame] | undefined
  /** [measured steps], ascending: 0…20, then every tenth. */
  readonly measuredSteps: Float32Array
  /** The step of the newest measurement; −1 until there is one. A pause may measure between the curves' steps. */
  readonly measuredStep: number
  readonly landscapeRows: number
  readonly landscapeBins: number
  /** [rank bins]: geometric middle of the frequency ranks (1 is the most frequent word) of a bin of `rowNorms`. */
  readonly ranks: Float32Array
  /** The words from the held-out text that the models continue. */
  readonly prompt: string
  readonly race: RaceFrame
  /** The text's name, how many words it has, and how many different ones. */
  readonly text: { readonly name: string; readonly words: number; readonly vocabulary: number }
}
