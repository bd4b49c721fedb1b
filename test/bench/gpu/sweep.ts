/** The whole preset `sweep` of vib: 68 models train and are evaluated, as the page does it, but for drawing. */
import { createWebGpuBackend } from '../../../src/compute/webgpu/index.ts'
import { defaults } from '../../../src/labs/validation.ts'
import { experimentModule } from '../../../src/labs/vib/experiment.ts'
import { betasOf, presets, typed } from '../../../src/labs/vib/parameters.ts'

export interface SweepResult {
  readonly models: number
  readonly steps: number
  readonly doneSteps: number
  /** Seconds until they were done, with their evaluations, from nothing: data and weights are made in it. */
  readonly seconds: number
  /** Seconds of all steps at the pace after the first ones; the same where all were done. */
  readonly allSeconds: number
  readonly extrapolated: boolean
}

const slice = 100

export async function sweep(timeIsOver: () => boolean): Promise<SweepResult> {
  const backend = await createWebGpuBackend(navigator.gpu)
  const values = defaults(experimentModule.parameters, { ...presets.sweep, preset: 'sweep' })
  const begin = performance.now()
  const experiment = await experimentModule.createExperiment(backend, values)
  const passed = () => (performance.now() - begin) / 1000
  try {
    const { lastStep } = experiment
    // the first steps compile, and do not tell the pace
    while (experiment.step === 0) await experiment.advance(1, slice)
    const [firstSteps, firstSeconds] = [experiment.step, passed()]
    do await experiment.advance(lastStep - experiment.step, slice)
    while (!(experiment.step >= lastStep && experiment.complete) && !timeIsOver())
    const seconds = passed()
    const { step, complete } = experiment
    const whole = step >= lastStep && complete
    const pace = (seconds - firstSeconds) / (step - firstSteps)
    return {
      ...{ models: betasOf(typed(values)).length, steps: lastStep, doneSteps: step, seconds },
      ...{
        allSeconds: whole ? seconds : firstSeconds + pace * (lastStep - firstSteps),
        extrapolated: !whole,
      },
    }
  } finally {
    experiment.dispose()
    backend.dispose()
  }
}
