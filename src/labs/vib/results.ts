/** The results of an evaluation: one number a model, from sums over slices of models and images. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import type { OwnTensors } from '../common/ownTensors.ts'
import type { Evaluation } from './frame.ts'
import { softplus } from './theory.ts'

/** All measurements of an evaluation, without its step and its images: one number a model. */
export type Results = Omit<Evaluation, 'step' | 'epoch' | 'betas' | 'images'>

/** The trainer's models in one slice. */
export interface Group {
  readonly first: number
  readonly models: number
}

/** Sums on the backend: errors, and each slice's cross-entropies and rates, which `read` adds up in float64. */
export class Sums {
  /** Errors of averaged predictions, of one sample, and of z = μ. */
  readonly errors: readonly Tensor[]
  readonly trainErrors: Tensor
  private readonly losses: Tensor
  private readonly rates: Tensor

  /** @param own frees these tensors, too */
  constructor(
    private readonly backend: Backend,
    own: OwnTensors,
    private readonly models: number,
    private readonly chunks: number,
    private readonly samples: number,
  ) {
    this.errors = Array.from({ length: 3 }, () => own.create([models]))
    this.trainErrors = own.create([models])
    this.losses = own.create([models, chunks * samples])
    this.rates = own.create([models, chunks])
  }

  loss({ first }: Group, place: number): Matrices {
    const stride = this.chunks * this.samples
    return { tensor: this.losses, offset: first * stride + place, stride, rows: 1, columns: 1 }
  }

  rate({ first }: Group, chunk: number): Matrices {
    const stride = this.chunks
    return { tensor: this.rates, offset: first * stride + chunk, stride, rows: 1, columns: 1 }
  }

  async read(images: number, own: number) {
    const read = async (tensor: Tensor) => (await this.backend.read(tensor)) as Float32Array
    const [averaged, one, mean] = await Promise.all(this.errors.map(read))
    const [train, losses, rates] = await Promise.all([this.trainErrors, this.losses, this.rates].map(read))
    const total = (sums: Float32Array, model: number) => {
      const each = sums.length / this.models
      let sum = 0
      for (let at = model * each; at < (model + 1) * each; at++) sum += sums[at]
      return sum
    }
    const perModel = (sums: Float32Array, count: number) =>
      Float32Array.from({ length: this.models }, (_, model) => total(sums, model) / count)
    return {
      validationError: perModel(averaged, images),
      validationErrorOneSample: perModel(one, images),
      validationErrorMean: perModel(mean, images),
      trainError: perModel(train, own),
      distortion: perModel(losses, images * this.samples),
      rate: perModel(rates, images),
    }
  }
}

/** Mean σ and the spread of μ, in float64. */
export class Moments {
  private readonly sigma: Float64Array
  /** [models, K] */
  private readonly mean: Float64Array
  private readonly square: Float64Array
  private readonly images: Float64Array

  constructor(
    private readonly models: number,
    private readonly dimensions: number,
  ) {
    this.sigma = new Float64Array(models)
    this.images = new Float64Array(models)
    this.mean = new Float64Array(models * dimensions)
    this.square = new Float64Array(models * dimensions)
  }

  /** @param encoded [models of the group or more, rows, 2 K]; the first `images` of the rows count */
  add({ first, models }: Group, encoded: Float32Array, images: number, rows: number): void {
    const { dimensions } = this
    for (let index = 0; index < models; index++) {
      const model = first + index
      this.images[model] += images
      for (let row = 0; row < images; row++) {
        const at = (index * rows + row) * 2 * dimensions
        for (let k = 0; k < dimensions; k++) {
          const mu = encoded[at + k]
          this.mean[model * dimensions + k] += mu
          this.square[model * dimensions + k] += mu * mu
          this.sigma[model] += softplus(encoded[at + dimensions + k] - 5)
        }
      }
    }
  }

  results() {
    const { models, dimensions } = this
    const sigmaMean = new Float32Array(models)
    const muSpread = new Float32Array(models)
    for (let model = 0; model < models; model++) {
      const images = this.images[model]
      let variance = 0
      for (let at = model * dimensions; at < (model + 1) * dimensions; at++)
        variance += this.square[at] / images - (this.mean[at] / images) ** 2
      sigmaMean[model] = this.sigma[model] / images / dimensions
      // rounding may leave a variance below 0
      muSpread[model] = Math.sqrt(Math.max(0, variance / dimensions))
    }
    return { sigmaMean, muSpread }
  }
}
