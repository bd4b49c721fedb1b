import { type Arguments, type Class, described } from '../arguments.ts'
import type { Owned, OwnTensor, Tensor } from '../tensor.ts'

export interface LogitLossArguments {
  /** [tokens, dModel] */
  readonly hidden: Tensor
  /** [words, dModel or more columns]: rows `firstWord`… of the embedding table; only the first dModel columns count. */
  readonly table: Tensor
  /** How many rows of `table` are words; the rest of the slice is ignored. */
  readonly words: number
  readonly firstWord: number
  /** uint32 [tokens]: each token's target word, anywhere in the vocabulary. */
  readonly targets: Tensor
  /** uint32 [tokens]: each token's input word. Its logit is kept as the own logit. */
  readonly inputs: Tensor
  /** Each logit is scale · (hidden · table row); statistics are kept for every scale. One or two, positive. */
  readonly scales: readonly number[]
  readonly vocabulary: number
  /** Histogram bins span ±histogramRange in units of hidden · table row, plus one overflow bin at each end. */
  readonly histogramRange: number
  readonly state: LogitLossState
}

/**
 * Running result of `logitLoss`. "Raw" means before scaling: u = hidden · table row. Merging slices in any
 * order gives the same result up to rounding. Sums are exact enough for 262,144 words: relative error < 1e-5.
 */
export interface LogitLossState {
  readonly tokens: number
  readonly scaleCount: number
  readonly histogramBins: number
  readonly landscapeBins: number
  dispose(): void
}

/** The contents of a `LogitLossState` on the CPU. */
export interface LogitLossResult {
  /** [tokens] largest raw logit so far. */
  readonly maximum: Float32Array
  /** [scaleCount, tokens] Σ exp(l − m) with l = scale · u and m = scale · maximum. */
  readonly sumExp: Float32Array
  /** [scaleCount, tokens] Σ (l − m) exp(l − m), from which Σ p log p. */
  readonly sumShiftedExp: Float32Array
  /** [scaleCount, tokens] Σ exp(2 (l − m)), from which Σ p². */
  readonly sumSquaredExp: Float32Array
  /** [tokens] raw logit of the target; NaN until its slice has passed. */
  readonly targetLogit: Float32Array
  /** [tokens] raw logit of the input word; NaN until its slice has passed. */
  readonly ownLogit: Float32Array
  /** [tokens] Σ u and Σ u². */
  readonly sum: Float32Array
  readonly sumOfSquares: Float32Array
  /** [histogramBins + 2] counts of u: below, the bins, above. */
  readonly histogram: Uint32Array
  /** [tokens, landscapeBins] largest raw logit in the bin (words are split evenly); −3e38 where none yet. */
  readonly landscape: Float32Array
}

export interface LogitLossOperations {
  /** An empty state: nothing seen yet. Landscape and histogram sizes are fixed here. */
  createLogitLossState(
    tokens: number,
    scaleCount: number,
    histogramBins: number,
    landscapeBins: number,
  ): LogitLossState
  /** Streams one slice of the embedding table through the loss; no logit is stored. */
  logitLoss(parameters: LogitLossArguments): void
  readLogitLoss(state: LogitLossState): Promise<LogitLossResult>
}

/** The state as its own backend knows it. */
export interface OwnLogitLossState extends LogitLossState, Owned {
  /** Fixed by the first slice. */
  scales?: readonly number[]
}

export function checkLogitLossState(
  given: Arguments<OwnTensor>,
  ...sizes: Parameters<LogitLossOperations['createLogitLossState']>
) {
  const [tokens, scaleCount, histogramBins, landscapeBins] = sizes
  for (const [name, value] of Object.entries({ tokens, histogramBins, landscapeBins }))
    given.unsigned(name, value, 1)
  given.unsigned('scaleCount', scaleCount, 1, 2)
  return sizes
}

/** `states` is the class of the backend's states. The state keeps the scales of its first slice. */
export function checkLogitLoss<T extends OwnTensor, State extends OwnLogitLossState>(
  given: Arguments<T>,
  parameters: LogitLossArguments,
  states: Class<State>,
) {
  const state = given.own('state', parameters.state, states)
  const { words, firstWord, vocabulary, scales, histogramRange } = parameters
  const hidden = given.matrix('hidden', parameters.hidden)
  const table = given.matrix('table', parameters.table)
  const targets = given.tensor('targets', parameters.targets, 'uint32')
  const inputs = given.tensor('inputs', parameters.inputs, 'uint32')
  const [tokens, dModel] = hidden.shape
  const perToken = described('hidden', hidden)
  if (tokens !== state.tokens)
    given.fail(`${perToken} has ${tokens} tokens; the state was made for ${state.tokens}.`)
  given.shape('targets', targets, [tokens], perToken)
  given.shape('inputs', inputs, [tokens], perToken)
  if (table.shape[1] < dModel)
    given.fail(`${described('table', table)} has fewer columns than ${perToken} needs.`)
  given.unsigned('words', words, 1, table.shape[0])
  given.unsigned('firstWord', firstWord)
  given.unsigned('vocabulary', vocabulary)
  // the kernels compute landscape bins with 32-bit integers
  given.unsigned('vocabulary · landscapeBins', vocabulary * state.landscapeBins)
  if (firstWord + words > vocabulary)
    given.fail(`words ${firstWord} to ${firstWord + words - 1} do not lie in a vocabulary of ${vocabulary}.`)
  if (scales.length !== state.scaleCount)
    given.fail(`scales [${scales.length}] must have as many entries as the state, ${state.scaleCount}.`)
  for (const scale of scales) given.positive('every scale', scale)
  given.positive('histogramRange', histogramRange)
  const earlier = (state.scales ??= [...scales])
  if (!earlier.every((scale, i) => scale === scales[i]))
    given.fail(`scales [${scales}] differ from those of the state's earlier slices, [${earlier}].`)
  return {
    tokens,
    dModel,
    words,
    firstWord,
    vocabulary,
    scales,
    histogramRange,
    hidden,
    table,
    targets,
    inputs,
    state,
  }
}
