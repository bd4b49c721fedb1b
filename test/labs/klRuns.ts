/** Common functions for the tests of the KL lab's runs. */
import type { Backend } from '../../src/compute/backend.ts'
import type { Experiment } from '../../src/labs/experiment.ts'
import { experimentModule } from '../../src/labs/kl/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'

/** The defaults without the many starts, which only some tests need. */
export const alone: ParameterValues = { ...defaults(experimentModule.parameters), starts: 0 }

/** Does so many steps, and completes all that is drawn beside them. */
export async function complete(experiment: Experiment, steps = 0, budget = 50): Promise<void> {
  const target = experiment.step + steps
  while (!experiment.complete || experiment.step < target)
    await experiment.advance(target - experiment.step, budget)
}

type Name =
  | `${'forward' | 'reverse' | 'third'}${'Mu' | 'Sigma' | 'Kl' | 'Diverged'}`
  | `surrogate${'Forward' | 'Reverse'}Kl`
  | 'forwardReverseKl'
  | 'reverseForwardKl'
  | 'momentMu'
  | 'momentSigma'
  | 'thirdValue'
  | 'outsideMass'
  | 'step'
  | 'startsDiverged'
  | 'followed'

export interface KlMetrics extends Readonly<Record<Name, number>> {
  readonly basins: readonly (readonly number[])[]
  /** diverged, held, moving */
  readonly rest: readonly number[]
  readonly forwardMean: readonly number[]
  readonly reverseMean: readonly number[]
  readonly forwardCovariance: readonly (readonly number[])[]
  readonly reverseCovariance: readonly (readonly number[])[]
  readonly momentCovariance: readonly (readonly number[])[]
}

export async function metricsOf(experiment: Experiment): Promise<KlMetrics> {
  return (await experiment.metrics()) as unknown as KlMetrics
}

/** The metrics after so many steps from the start. */
export async function run(backend: Backend, values: ParameterValues, steps: number): Promise<KlMetrics> {
  const experiment = await experimentModule.createExperiment(backend, { ...alone, ...values })
  try {
    await complete(experiment, steps)
    return await metricsOf(experiment)
  } finally {
    experiment.dispose()
  }
}
