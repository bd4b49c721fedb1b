/** What the tests of the training lab's runs share: a text that is made up, and tiny models. */
import type { Backend } from '../../src/compute/backend.ts'
import { type CutText, cutText, ownText, type Text } from '../../src/data/text.ts'
import type { Experiment, Metrics } from '../../src/labs/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { experimentModule } from '../../src/labs/training/experiment.ts'
import type { TrainingFrame } from '../../src/labs/training/frame.ts'
import { type TrainingValues, typed } from '../../src/labs/training/parameters.ts'
import { Trainer } from '../../src/labs/training/trainer.ts'
import { defaults } from '../../src/labs/validation.ts'

/** About 5,000 words of 90 different ones; some are much more frequent, and each is likely only after a few others. */
function madeUpText(): string {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  let word = 0
  const words = Array.from({ length: 5000 }, () => {
    word = random() < 0.6 ? (3 * word + 1) % 90 : Math.floor(90 * random() ** 3)
    return word < 6 ? `word${word}.` : `word${word}`
  })
  return words.join(' ')
}

/** Makes the made-up text the user's own text. */
export async function takeMadeUpText(): Promise<void> {
  await experimentModule.provide?.('made up.txt', new TextEncoder().encode(madeUpText()))
}

/** Smaller than the page permits, so that software adapters are quick. */
export const tiny: ParameterValues = {
  ...defaults(experimentModule.parameters),
  text: 'own',
  dModel: 16,
  heads: 2,
  vocab: 70,
  context: 16,
  batchSize: 2,
  learningRate: 0.01,
}

export const tinyValues = (given: ParameterValues = {}): TrainingValues => typed({ ...tiny, ...given })

export async function begin(backend: Backend, values: ParameterValues): Promise<Experiment> {
  return experimentModule.createExperiment(backend, { ...tiny, ...values })
}

/** Does so many steps, and completes all that is shown of the last one. */
export async function complete(experiment: Experiment, steps = 0, budget = 50): Promise<void> {
  const target = experiment.step + steps
  while (!experiment.complete || experiment.step < target)
    await experiment.advance(target - experiment.step, budget)
}

export async function frameOf(experiment: Experiment): Promise<TrainingFrame> {
  return (await experiment.frame()).data as TrainingFrame
}

type PerModel =
  | 'loss'
  | 'validationLoss'
  | 'initialLoss'
  | 'logitStd'
  | 'ownProbability'
  | 'alignment'
  | 'initialLogitStd'
  | 'initialOwnProbability'
  | 'initialAlignment'
  | 'std'
  | 'stoppedAt'
type Single = 'lnVocab' | 'unigramEntropy' | 'step' | 'raceGoal' | 'raceSteps'

export type TrainingMetrics = Readonly<Record<`${PerModel}${1 | 2}` | Single, number>> &
  Readonly<Record<`lossCurve${1 | 2}`, readonly number[]>>

/** All metrics except the speed. */
export function trainingMetrics({ wordsPerSecond: _, ...metrics }: Metrics): TrainingMetrics {
  return metrics as unknown as TrainingMetrics
}

/** All metrics and the frame of a run. */
export async function told(experiment: Experiment) {
  return { metrics: trainingMetrics(await experiment.metrics()), frame: await frameOf(experiment) }
}

/** The made-up text, cut for the tiny models. */
export const cut = () => cutText(ownText() as Text, tinyValues().vocab)
export const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values))
export const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, one) => sum + one, 0) / values.length

/** Two models after so many steps. */
export async function trained(
  backend: Backend,
  steps: number,
  given: ParameterValues = {},
  stds: readonly number[] = [1, 0.25],
  text: Pick<CutText, 'training'> = cut(),
): Promise<Trainer> {
  const trainer = new Trainer(backend, tinyValues(given), text, stds)
  for (const _ of trainer.begin()) await backend.finished()
  while (trainer.step < steps) for (const _ of trainer.advance());
  await trainer.readLosses()
  return trainer
}

export async function parametersOf(
  { parameters, layout }: Trainer,
  backend: Backend,
): Promise<Float32Array[]> {
  const all = (await backend.read(parameters)) as Float32Array
  return [0, 1].map((model) => all.subarray(model * layout.parameters, (model + 1) * layout.parameters))
}
