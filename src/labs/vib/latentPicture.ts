/**
 * The drawn latent space of one model: μ and σ of every validation image. While the model trains, the images are
 * encoded again in slices; each image keeps the moment at which it was encoded.
 */
import type { Saved } from '../common/savedTensors.ts'
import type { LatentSpace } from './frame.ts'
import { type Axes, type Plane, planeThrough, principalAxes } from './projection.ts'
import { softplus } from './theory.ts'

/** Images with a drawn ellipse. */
const chosenCount = 12
/** Number of drawn samples of z (the haze), one each for evenly spaced images. */
export const hazeCount = 400
/** Share of the images that may lie outside the window, on each side. */
const outside = 0.004

/** Results of encoding one slice of images. */
export interface EncodedSlice {
  readonly first: number
  /** [rows, 2 K]: μ, then ρ with σ = softplus(ρ − 5). */
  readonly encoded: Float32Array
  /** [rows, 10] at z = μ */
  readonly logits: Float32Array
  /** [rows] */
  readonly rates: Float32Array
}

/** A latent space without the decoder's regions. */
export type FlatSpace = Omit<LatentSpace, 'regions' | 'sharedRegions' | 'regionAgreement'>

/** Step, β and age of a picture. */
export interface PictureState {
  readonly step: number
  readonly beta: number
  readonly stoppedAt: number
  /** Share of the images encoded with the present parameters. */
  readonly current: number
}

export class LatentPicture {
  /** [images, 2 K]: μ, then σ². */
  private readonly gaussians: Float32Array
  private readonly predictions: Uint8Array
  private readonly rates: Float32Array
  /** Moment of the parameters with which each image was encoded; −1 before it was. */
  private readonly moments: Int32Array
  private axes: Axes | undefined
  private readonly chosen: Uint32Array
  private cursor = 0
  private seen = 0

  constructor(
    readonly model: number,
    private readonly dimensions: number,
    private readonly labels: Uint8Array,
  ) {
    const images = labels.length
    this.chosen = firstOfEach(labels, chosenCount)
    this.gaussians = new Float32Array(images * 2 * dimensions)
    this.predictions = new Uint8Array(images)
    this.rates = new Float32Array(images)
    this.moments = new Int32Array(images).fill(-1)
  }

  save() {
    const { gaussians, predictions, rates, moments, axes, cursor, seen } = this
    return { model: this.model, own: { gaussians, predictions, rates, moments, axes, cursor, seen } }
  }

  restore({ own }: Saved<LatentPicture>): void {
    Object.assign(this, own)
  }

  /** The first image of the next slice. */
  get next(): number {
    return this.cursor
  }

  /** Share of the images encoded at least once. */
  get encoded(): number {
    return Math.min(1, this.seen / this.labels.length)
  }

  get whole(): boolean {
    return this.encoded === 1
  }

  /** Share of the images encoded with the parameters of this moment. */
  current(moment: number): number {
    let count = 0
    for (const taken of this.moments) if (taken === moment) count++
    return count / this.labels.length
  }

  add({ first, encoded, logits, rates }: EncodedSlice, moment: number): void {
    const { dimensions } = this
    const columns = 2 * dimensions
    const rows = rates.length
    this.rates.set(rates, first)
    this.moments.fill(moment, first, first + rows)
    for (let row = 0; row < rows; row++) {
      const to = (first + row) * columns
      for (let k = 0; k < dimensions; k++) {
        this.gaussians[to + k] = encoded[row * columns + k]
        this.gaussians[to + dimensions + k] = softplus(encoded[row * columns + dimensions + k] - 5) ** 2
      }
      this.predictions[first + row] = largest(logits, row * 10, 10)
    }
    this.seen += rows
    this.cursor = (first + rows) % this.labels.length
    // the axes are renewed after each round, and when all images belong to the present moment
    if (dimensions > 3 && (this.cursor === 0 || this.current(moment) === 1))
      this.axes = principalAxes(this.gaussians, columns, dimensions, this.labels)
  }

  /**
   * @param noise [samples, K] standard normals for the haze
   * @param image an image whose ellipse is always included
   */
  space({ beta, stoppedAt, current }: PictureState, noise: Float32Array, image: number): FlatSpace {
    const { labels, dimensions: latentDimensions } = this
    const images = labels.length
    const dimensions = latentDimensions === 3 ? 3 : 2
    const means = new Float32Array(images * dimensions)
    const deviations = new Float32Array(images * dimensions)
    for (let image = 0; image < images; image++)
      for (let axis = 0; axis < dimensions; axis++) {
        means[image * dimensions + axis] = this.along(axis, image)
        deviations[image * dimensions + axis] = Math.sqrt(this.covariance(image, axis, axis))
      }
    const { chosen } = this
    // xx, yy, zz, or xx, xy, yy
    const firsts = dimensions === 3 ? [0, 1, 2] : [0, 0, 1]
    const seconds = dimensions === 3 ? [0, 1, 2] : [0, 1, 1]
    const covariancesOf = (wanted: ArrayLike<number>) =>
      Float32Array.from({ length: wanted.length * 3 }, (_, i) =>
        this.covariance(wanted[Math.floor(i / 3)], firsts[i % 3], seconds[i % 3]),
      )
    const haze = noise.length / latentDimensions
    const sampleImages = Uint32Array.from({ length: haze }, (_, i) => Math.floor((i * images) / haze))
    const samples = Float32Array.from({ length: haze * dimensions }, (_, i) => {
      const sample = Math.floor(i / dimensions)
      return this.sampleAlong(i % dimensions, sampleImages[sample], noise, sample * latentDimensions)
    })
    return {
      model: this.model,
      beta,
      stoppedAt,
      latentDimensions,
      dimensions,
      projection: latentDimensions > 3 ? 'principalComponents' : 'none',
      varianceShown: this.axes?.varianceShown ?? 1,
      means,
      deviations,
      predictions: this.predictions.slice(),
      rates: this.rates.slice(),
      current,
      chosen: chosen.slice(),
      image,
      imageCovariance: covariancesOf([image]),
      covariances: covariancesOf(chosen),
      samples,
      sampleImages,
      domain: windowOf(means, dimensions),
    }
  }

  /**
   * The plane of the shown coordinates: the whole space where K = 2, else the plane through the mean of μ; none where K
   * = 3.
   */
  plane(): Plane | undefined {
    const { dimensions, axes } = this
    if (dimensions === 2) return { origin: new Float64Array(2), directions: Float64Array.of(1, 0, 0, 1) }
    return axes && planeThrough(axes)
  }

  /** The shown coordinate of an image's μ. */
  private along(axis: number, image: number): number {
    const { gaussians, dimensions, axes } = this
    const at = image * 2 * dimensions
    if (!axes) return gaussians[at + axis]
    let sum = 0
    for (let k = 0; k < dimensions; k++) sum += axes.directions[axis * dimensions + k] * gaussians[at + k]
    return sum
  }

  /** Covariance of two shown coordinates of an image's z. */
  private covariance(image: number, first: number, second: number): number {
    const { gaussians, dimensions, axes } = this
    const at = (2 * image + 1) * dimensions
    if (!axes) return first === second ? gaussians[at + first] : 0
    const { directions } = axes
    let sum = 0
    for (let k = 0; k < dimensions; k++)
      sum += directions[first * dimensions + k] * directions[second * dimensions + k] * gaussians[at + k]
    return sum
  }

  /** The shown coordinate of z = μ + σ · noise. */
  private sampleAlong(axis: number, image: number, noise: Float32Array, from: number): number {
    const { gaussians, dimensions, axes } = this
    const at = image * 2 * dimensions
    const entry = (k: number) =>
      gaussians[at + k] + Math.sqrt(gaussians[at + dimensions + k]) * noise[from + k]
    if (!axes) return entry(axis)
    let sum = 0
    for (let k = 0; k < dimensions; k++) sum += axes.directions[axis * dimensions + k] * entry(k)
    return sum
  }
}

/** Index of the largest of `count` entries; the first one if several are equal. */
export function largest(values: Float32Array, begin: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if (values[begin + i] > values[begin + best]) best = i
  return best
}

/** `count` images: one of each digit, then a second one of each, and so on. */
function firstOfEach(labels: Uint8Array, count: number): Uint32Array {
  const seen = new Uint32Array(10)
  const found = Array.from(labels, (digit, image) => ({ image, digit, turn: seen[digit]++ }))
  const inTurn = found.filter(({ turn }) => turn < count)
  inTurn.sort((a, b) => a.turn - b.turn || a.digit - b.digit)
  return Uint32Array.from(inTurn.slice(0, count), ({ image }) => image)
}

/** A square around almost all points and the prior's circle. Its sides are round numbers, so that it rarely moves. */
function windowOf(means: Float32Array, dimensions: number) {
  const images = means.length / dimensions
  const bounds = [0, 1].map((axis) => {
    const sorted = Float32Array.from({ length: images }, (_, i) => means[i * dimensions + axis]).sort()
    const at = Math.floor(outside * images)
    const [low, high] = [sorted[at], sorted[images - 1 - at]]
    return Number.isFinite(low + high) ? [Math.min(-1.5, low), Math.max(1.5, high)] : [-1.5, 1.5]
  })
  const span = Math.max(...bounds.map(([low, high]) => high - low)) * 1.1
  const unit = 2 ** Math.ceil(Math.log2(span / 8))
  const side = Math.ceil(span / unit) * unit
  const [x, y] = bounds.map(([low, high]): readonly [number, number] => {
    const begin = Math.round(((low + high - side) / 2 / unit) * 2) * (unit / 2)
    return [begin, begin + side]
  })
  return { x, y }
}
