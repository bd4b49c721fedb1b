/** The losses of every model's training batches. A point is a mean over several steps, more in a longer run. */
import type { Saved } from '../common/savedTensors.ts'
import type { LossHistory } from './trainer.ts'

/** Largest number of points of a curve; it keeps at least half as many. */
const mostPoints = 512

/** One model's curve. */
export interface Curve {
  /** Steps done before each point: the middle of the steps it averages. */
  readonly steps: Float32Array
  readonly task: Float32Array
  readonly weightedRate: Float32Array
}

export class LossRecord {
  /** Steps averaged in one point. */
  private width = 1
  /** Sums of complete points and of the growing one, model after model. */
  private readonly task: Float64Array
  private readonly weightedRate: Float64Array
  private steps = 0

  constructor(
    private readonly models: number,
    private readonly seeds: number,
  ) {
    this.task = new Float64Array(models * mostPoints)
    this.weightedRate = new Float64Array(models * mostPoints)
  }

  add({ steps, task, rate, betas }: LossHistory): void {
    for (let at = 0; at < steps; at++) {
      if (this.steps === this.width * mostPoints) this.halve()
      const point = Math.floor(this.steps / this.width)
      for (let model = 0; model < this.models; model++) {
        const place = model * mostPoints + point
        this.task[place] += task[model * steps + at]
        this.weightedRate[place] += betas[at][Math.floor(model / this.seeds)] * rate[model * steps + at]
      }
      this.steps++
    }
  }

  private halve(): void {
    for (const sums of [this.task, this.weightedRate])
      for (let model = 0; model < this.models; model++) {
        const own = sums.subarray(model * mostPoints, (model + 1) * mostPoints)
        for (let point = 0; point < mostPoints / 2; point++) own[point] = own[2 * point] + own[2 * point + 1]
        own.fill(0, mostPoints / 2)
      }
    this.width *= 2
  }

  save() {
    const { width, task, weightedRate, steps } = this
    return { width, task, weightedRate, steps }
  }

  restore(saved: Saved<LossRecord>): void {
    Object.assign(this, saved)
  }

  curve(model: number): Curve {
    const { width } = this
    const points = Math.ceil(this.steps / width)
    const lengthOf = (point: number) => Math.min(width, this.steps - point * width)
    const means = (sums: Float64Array) =>
      Float32Array.from({ length: points }, (_, point) => sums[model * mostPoints + point] / lengthOf(point))
    return {
      steps: Float32Array.from({ length: points }, (_, point) => point * width + (lengthOf(point) - 1) / 2),
      task: means(this.task),
      weightedRate: means(this.weightedRate),
    }
  }
}
