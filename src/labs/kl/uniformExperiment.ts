/** The experiment of the uniform family: exact KLs, which may be infinite. No fit descends. */
import type { Experiment, FrameContent } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import type { UniformFrame } from './frame.ts'
import type { KlValues } from './parameters.ts'
import { surrogateKl, uniformKl } from './uniform.ts'

/** The metrics' names. */
export type UniformMetric = keyof Awaited<ReturnType<UniformExperiment['metrics']>>

export class UniformExperiment implements Experiment {
  step = 0
  readonly ready = true
  readonly progress = 1
  readonly complete = true
  readonly lastStep = 0

  constructor(private readonly values: KlValues) {}

  /** Counts the steps; they change nothing. */
  async advance(steps: number): Promise<void> {
    this.step += steps
  }

  /** No parameter of this family is live. */
  update(_values: ParameterValues): void {}

  async frame(): Promise<FrameContent<UniformFrame>> {
    return { metrics: await this.metrics(), data: { family: 'uniform' }, transfer: [] }
  }

  async metrics() {
    const { a, b, c, d, smoothing, epsilon } = this.values
    const exact = uniformKl(a, b, c, d)
    const none = { forward: Number.NaN, reverse: Number.NaN }
    const surrogate = smoothing ? surrogateKl(a, b, c, d, epsilon) : none
    return {
      forwardKl: exact.forward,
      reverseKl: exact.reverse,
      surrogateForwardKl: surrogate.forward,
      surrogateReverseKl: surrogate.reverse,
      step: this.step,
    }
  }

  dispose(): void {}
}
