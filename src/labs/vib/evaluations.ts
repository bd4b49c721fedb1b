/** A run's evaluations: on some validation images while it trains, on all of them in a pause and at the end. */
import { evaluationOperations } from './evaluation.ts'
import type { Evaluation } from './frame.ts'
import { type Layout, operationsOf } from './layout.ts'
import type { VibValues } from './parameters.ts'
import type { Part } from './parts.ts'
import type { Results } from './results.ts'

/** Validation images of an evaluation during training. */
const quickImages = 2500
/** In a sweep, evaluations during training may take about this share of the training's work. */
const workShare = 1 / 8
/** Epochs of early evaluations: errors fall fastest then, and the user waits for a first picture. */
const earlyEpochs = [1, 2]
/** Steps of early evaluations within a first epoch that is longer. */
const earlySteps = [100, 200, 400]
/** Largest number of kept evaluations; every second one is dropped when there are more. */
const mostKept = 64

export class Evaluations {
  /** Oldest first. */
  readonly done: Evaluation[] = []
  /** Steps between two evaluations during training: whole epochs. */
  private readonly every: number
  private readonly quick: number
  /** Steps of the early evaluations. */
  private readonly early: readonly number[]
  private working: AsyncGenerator<number, Results> | undefined
  private images = 0
  /** Milliseconds that the slice under way may still take. */
  private left = () => 0

  constructor(
    private readonly parts: readonly Part[],
    { mode, trainSize, evaluationSamples }: VibValues,
    layout: Layout,
    private readonly stepsPerEpoch: number,
    /** Number of all validation images. */
    private readonly all: number,
  ) {
    this.quick = Math.min(quickImages, all)
    const epochs = earlyEpochs.map((epoch) => epoch * stepsPerEpoch)
    this.early = [...earlySteps.filter((step) => step < stepsPerEpoch), ...epochs]
    const one = evaluationOperations(layout, evaluationSamples, trainSize, this.quick, all)
    const epoch = 3 * trainSize * (operationsOf(layout.encoder) + operationsOf(layout.decoder))
    this.every = stepsPerEpoch * (mode === 'sweep' ? Math.ceil(one / epoch / workShare) : 1)
  }

  /** Steps until the next evaluation during training. */
  stepsLeft(step: number): number {
    const early = this.early.map((at) => at - step).filter((left) => left > 0)
    return Math.min(this.every - (step % this.every), ...early)
  }

  /** Whether training has to wait for an evaluation. */
  due(step: number): boolean {
    const scheduled = step % this.every === 0 || this.early.includes(step)
    return step > 0 && scheduled && !this.covers(step, this.quick)
  }

  /** All validation images were evaluated at this step. */
  complete(step: number): boolean {
    return this.covers(step, this.all)
  }

  private covers(step: number, images: number): boolean {
    const latest = this.done.at(-1)
    return latest !== undefined && latest.step === step && latest.images >= images
  }

  /**
   * Does one slice of the evaluation at this step.
   * @param betas the β that the models were trained with
   */
  async work(step: number, betas: readonly number[], onTheWay: boolean, left: () => number): Promise<void> {
    this.left = left
    if (!this.working) {
      this.images = onTheWay ? this.quick : this.all
      this.working = this.evaluate(this.images)
    }
    const { done, value } = await this.working.next()
    if (!done) return
    this.working = undefined
    if (this.done.at(-1)?.step === step) this.done.pop()
    this.done.push({ step, epoch: step / this.stepsPerEpoch, betas, images: this.images, ...value })
    if (this.done.length > mostKept)
      for (let index = this.done.length - 2; index > 0; index -= 2) this.done.splice(index, 1)
  }

  /** Evaluates all parts, in turns or at once where possible. Results are in the order of the run's models. */
  private async *evaluate(images: number): AsyncGenerator<number, Results> {
    const { parts } = this
    const models = parts.reduce((sum, part) => sum + part.models.length, 0)
    const merged = {} as Record<keyof Results, Float32Array>
    const merge = (part: Part, results: Results) => {
      for (const [name, own] of Object.entries(results) as [keyof Results, Float32Array][]) {
        merged[name] ??= new Float32Array(models)
        for (const [place, model] of part.models.entries()) merged[name][model] = own[place]
      }
    }
    const works = parts.map((part) => part.evaluate(images, () => this.left()))
    const shares = parts.map(() => 0)
    const active = new Set(parts.keys())
    try {
      while (active.size > 0) {
        await Promise.all(
          [...active].map(async (index) => {
            const { done, value } = await works[index].next()
            if (done) {
              merge(parts[index], value)
              active.delete(index)
            } else shares[index] = value
          }),
        )
        yield shares.reduce((sum, share) => sum + share, 0) / parts.length
      }
    } finally {
      for (const work of works) await work.return(undefined as never)
    }
    return merged
  }

  /** Ends the evaluation under way without a result, because the parameters are about to change. */
  async abandon(): Promise<void> {
    await this.working?.return(undefined as never)
    this.working = undefined
  }
}
