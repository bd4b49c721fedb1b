/** Common values for the tests of the VIB lab's runs. */
import type { Backend } from '../../src/compute/backend.ts'
import { loadTraining, loadValidation } from '../../src/data/mnist.ts'
import { trainingPool } from '../../src/data/order.ts'
import type { Experiment, Metrics } from '../../src/labs/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'
import { experimentModule } from '../../src/labs/vib/experiment.ts'
import type { VibFrame } from '../../src/labs/vib/frame.ts'
import { imageSet, subset } from '../../src/labs/vib/images.ts'

/** Small and quick: one hidden layer of 16 units, a linear decoder. */
export const small: ParameterValues = {
  ...defaults(experimentModule.parameters),
  preset: 'custom',
  hiddenWidth: 16,
  hiddenLayers: 1,
  decoderWidth: 0,
  trainSize: 500,
  batchSize: 50,
  evaluationSamples: 2,
}

export async function begin(backend: Backend, values: ParameterValues): Promise<Experiment> {
  return experimentModule.createExperiment(backend, { ...small, ...values })
}

/** Begins a run with a few evenly spaced validation images (two slices), so that a software adapter is quick. */
export async function beginOnFew(
  backend: Backend,
  values: ParameterValues,
  count?: number,
): Promise<Experiment> {
  return withFew(await begin(backend, values), count)
}

/** As `beginOnFew`; the run goes on from saved data. */
export async function restoreOnFew(
  backend: Backend,
  values: ParameterValues,
  saved: unknown,
): Promise<Experiment> {
  return withFew(await experimentModule.restoreExperiment!(backend, { ...small, ...values }, saved))
}

async function withFew(experiment: Experiment, count = 600): Promise<Experiment> {
  const side = small.pixels as 14 | 28
  const training = await loadTraining(trainingPool(small.trainSize as number))
  const all = imageSet(await loadValidation(), side)
  const places = Uint32Array.from({ length: count }, (_, image) => Math.floor((image * all.count) / count))
  // the run takes its images from here when they have arrived
  const images = Promise.resolve([imageSet(training, side), subset(all, places)])
  return Object.assign(experiment, { arrival: images })
}

/** Does so many steps, and completes all that is shown beside them. */
export async function complete(experiment: Experiment, steps = 0, budget = 50): Promise<void> {
  const target = experiment.step + steps
  while (!experiment.complete || experiment.step < target)
    await experiment.advance(target - experiment.step, budget)
}

type PerModel =
  | 'betas'
  | 'evaluatedBetas'
  | 'stoppedAt'
  | 'collapsedSince'
  | 'trainError'
  | 'validationError'
  | 'validationErrorOneSample'
  | 'validationErrorMean'
  | 'rate'
  | 'distortion'
  | 'sigmaMean'
  | 'muSpread'
type Single =
  | 'step'
  | 'epoch'
  | 'evaluatedStep'
  | 'evaluatedEpoch'
  | 'evaluatedImages'
  | `gradient${'Encoder' | 'Decoder'}${'Task' | 'Rate'}`
  | 'imagesPerSecond'

export type VibMetrics = Readonly<Record<PerModel, readonly number[]>> & Readonly<Record<Single, number>>

export function vibMetrics(metrics: Metrics): VibMetrics {
  return metrics as unknown as VibMetrics
}

export async function metricsOf(experiment: Experiment): Promise<VibMetrics> {
  return vibMetrics(await experiment.metrics())
}

export async function frameOf(experiment: Experiment): Promise<VibFrame> {
  return (await experiment.frame()).data as VibFrame
}

/** The metrics after so many steps from the start. */
export function run(backend: Backend, values: ParameterValues, steps: number): Promise<VibMetrics> {
  return after(begin(backend, values), steps)
}

export async function runOnFew(
  backend: Backend,
  values: ParameterValues,
  steps: number,
  count?: number,
): Promise<VibMetrics> {
  return after(beginOnFew(backend, values, count), steps)
}

async function after(begun: Promise<Experiment>, steps: number): Promise<VibMetrics> {
  const experiment = await begun
  try {
    await complete(experiment, steps)
    return await metricsOf(experiment)
  } finally {
    experiment.dispose()
  }
}
