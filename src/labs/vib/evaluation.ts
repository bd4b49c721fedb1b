/**
 * Evaluates models on the validation images: rate, distortion, and predictions averaged over samples of z, from one
 * sample, and from z = μ. Averaged predictions are also made on the first of each model's own training images. The work
 * is done in slices of some models and images.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import { streams } from '../../compute/random.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { Pace } from '../common/pace.ts'
import { type ImageSet, packed } from './images.ts'
import { classes, type Layout, operationsOf } from './layout.ts'
import { Model, type Pass } from './model.ts'
import { type Group, Moments, type Results, Sums } from './results.ts'
import type { Trainer } from './trainer.ts'

/** Largest number of own training images for the training error, when all validation images are evaluated. */
const mostTrainingImages = 2000
/** Largest number of evaluated validation images for σ and the spread of μ, evenly spaced. */
const mostMomentImages = 1000
/** Floating-point operations of one model in a slice: enough for a kernel to run at full speed. */
const sliceOperations = 5e7
/** Bytes that the activations of a slice may take. */
const sliceBytes = 48 * 2 ** 20
/** Rows of the noise stream for each image: more than `evaluationSamples` can be. */
const rowsOfImage = 64

/** Number of own training images to evaluate together with this share of the validation images. */
function trainingImages(trainSize: number, share: number): number {
  return Math.min(trainSize, Math.ceil(mostTrainingImages * share))
}

/** Distance between images in the order of evaluation: images 0, stride, 2 · stride, … come first. */
function stride(images: number): number {
  return Math.ceil(images / mostMomentImages)
}

/**
 * Places of `images` evenly spaced images of all: later images are by other writers and differ in difficulty. The
 * images that come first are evenly spaced, too.
 */
function placesOf(images: number, all: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(images)
  const step = stride(images)
  let at = 0
  for (let first = 0; first < step; first++)
    for (let image = first; image < images; image += step) places[at++] = Math.floor((image * all) / images)
  return places
}

/** Images of one slice. */
function sliceImages(layout: Layout): number {
  const operations = operationsOf(layout.encoder) + operationsOf(layout.decoder)
  return Math.min(500, Math.max(50, Math.floor(sliceOperations / operations / 50) * 50))
}

/** Floating-point operations of one model's evaluation on `images` of `all` validation images. */
export function evaluationOperations(
  layout: Layout,
  samples: number,
  trainSize: number,
  images: number,
  all: number,
): number {
  const [encoder, decoder] = [operationsOf(layout.encoder), operationsOf(layout.decoder)]
  const own = trainingImages(trainSize, images / all)
  return images * (encoder + (samples + 1) * decoder) + own * (encoder + samples * decoder)
}

export class Evaluator {
  private readonly model: Model
  private readonly images: Tensor
  /** Images of a slice. */
  private readonly rows: number
  /** [rows, K] */
  private readonly noNoise: Tensor
  private readonly pace: Pace
  private readonly own: OwnTensors

  constructor(
    private readonly backend: Backend,
    private readonly trainer: Trainer,
    private readonly validation: ImageSet,
  ) {
    this.pace = new Pace(backend, 1)
    this.own = new OwnTensors(backend)
    const { layout, seeds } = trainer.setting
    this.rows = sliceImages(layout)
    const widths = [...layout.encoder, ...layout.decoder].map(({ outputs }) => outputs)
    const bytes = 4 * this.rows * widths.reduce((sum, width) => sum + width, layout.latentDimensions)
    const groups = Math.max(1, Math.floor(sliceBytes / bytes / seeds))
    const models = Math.min(trainer.models, groups * seeds)
    this.model = this.own.keep(new Model(backend, layout, models, this.rows))
    this.images = this.own.upload(packed(validation), [validation.count, layout.inputs / 4])
    this.noNoise = this.own.create([this.rows, layout.latentDimensions])
  }

  /**
   * Evaluates the trainer's present models on `images` evenly spaced validation images. Yields the share of the work
   * done after every slice. The trainer must not train meanwhile.
   */
  async *evaluate(images: number, left: () => number): AsyncGenerator<number, Results> {
    const { backend, trainer, validation } = this
    const { values, images: training, layout } = trainer.setting
    const { evaluationSamples: samples } = values
    const { models } = trainer
    const ownImages = trainingImages(values.trainSize, images / validation.count)
    const chunks = Math.ceil(images / this.rows)
    const own = new OwnTensors(backend)
    const sums = new Sums(backend, own, models, chunks, samples)
    const scores = Array.from({ length: 3 }, () => own.create([models, this.rows, classes]))
    const nothing = own.create([models, this.rows, classes])
    /** Of the present chunk. */
    const held = new OwnTensors(backend)
    const whole = (tensor: Tensor) => ({ tensor, rows: models * this.rows, columns: classes })
    const moments = new Moments(models, layout.latentDimensions)
    const order = placesOf(images, validation.count)
    const momentImages = Math.ceil(images / stride(images))
    const total = models * (images + ownImages)
    let done = 0
    try {
      for (let first = 0; first < images; first += this.rows) {
        const rows = Math.min(this.rows, images - first)
        const places = order.slice(first, first + rows)
        const input = this.gather(held, this.images, places, 1)
        const labels = held.upload(places.map((place) => validation.labels[place]))
        const noise = this.noise(held, places)
        // the averages start at 0
        backend.copy(1, whole(scores[0]), whole(nothing))
        for await (const group of this.groups(left)) {
          const momentRows = Math.min(rows, momentImages - first)
          const chunk = { first, rows, input, labels, noise, momentRows }
          await this.validate(group, chunk, scores, sums, moments)
          done += group.models * rows
          yield done / total
        }
        const truth = { tensor: labels, rows: 1, columns: rows, period: 1 }
        for (const [index, tensor] of scores.entries())
          backend.countErrors(models, sums.errors[index], this.scoresOf(tensor, rows), truth)
        held.dispose()
      }
      for (let first = 0; first < ownImages; first += this.rows) {
        const rows = Math.min(this.rows, ownImages - first)
        const places = new Uint32Array(trainer.orders.length * rows)
        for (const [seed, { drawn }] of trainer.orders.entries())
          places.set(drawn.subarray(first, first + rows), seed * rows)
        const period = trainer.orders.length
        const input = this.gather(held, trainer.images, places, period)
        const labels = held.upload(places.map((place) => training.labels[place]))
        // an image's noise depends on its place among the model's own images
        const noise = this.noise(
          held,
          Uint32Array.from({ length: rows }, (_, row) => first + row),
        )
        backend.copy(1, whole(scores[0]), whole(nothing))
        for await (const group of this.groups(left)) {
          const pass = this.pass(group, rows, input)
          this.model.encode(pass)
          for (let sample = 0; sample < samples; sample++)
            this.addPrediction(pass, group, noise, sample, scores[0], this.model.logitsOf(pass))
          await this.pace.sent(group.models, backend.finished())
          done += group.models * rows
          yield done / total
        }
        const truth = { tensor: labels, rows: 1, columns: rows, period }
        backend.countErrors(models, sums.trainErrors, this.scoresOf(scores[0], rows), truth)
        held.dispose()
      }
      const read = await sums.read(images, ownImages)
      // earlier slices have arrived then, too
      await this.pace.all()
      return { ...read, ...moments.results() }
    } finally {
      held.dispose()
      own.dispose()
    }
  }

  /** Groups of models for a slice each, as many as there is time for, with all seeds of a β. Each waits its turn. */
  private async *groups(left: () => number): AsyncGenerator<Group> {
    const { trainer, pace, model } = this
    const { seeds } = trainer.setting
    for (let first = 0; first < trainer.models; ) {
      await pace.turn()
      const rest = trainer.models - first
      const fitting = Math.floor(pace.units(left(), rest) / seeds) * seeds
      const models = Math.min(model.models, rest, Math.max(seeds, fitting))
      yield { first, models }
      first += models
    }
  }

  private async validate(
    group: Group,
    chunk: Chunk,
    [averaged, one, mean]: readonly Tensor[],
    sums: Sums,
    moments: Moments,
  ): Promise<void> {
    const { backend, model } = this
    const { evaluationSamples: samples } = this.trainer.setting.values
    const { layout } = model
    const { first, rows, input, labels, noise } = chunk
    const columns = layout.latentDimensions
    const pass = this.pass(group, rows, input)
    const perImage = { rows: 1, columns: rows }
    model.encode(pass)
    model.sample(pass, { tensor: this.noNoise, rows, columns, period: 1 })
    model.decode(pass, undefined, this.scoresOf(mean, rows, group))
    backend.columnSums(group.models, sums.rate(group, first / this.rows), asColumn(model.rates, rows))
    for (let sample = 0; sample < samples; sample++) {
      const logits = sample === 0 ? this.scoresOf(one, rows, group) : model.logitsOf(pass)
      this.addPrediction(pass, group, noise, sample, averaged, logits)
      backend.crossEntropy({
        models: group.models,
        logits,
        labels: { tensor: labels, ...perImage, period: 1 },
        losses: { tensor: model.losses, ...perImage },
      })
      const place = (first / this.rows) * samples + sample
      backend.columnSums(group.models, sums.loss(group, place), asColumn(model.losses, rows))
    }
    if (chunk.momentRows <= 0) return this.pace.sent(group.models, backend.finished())
    const encoded = backend.read(model.encoded) as Promise<Float32Array>
    await this.pace.sent(group.models, encoded, (values) =>
      moments.add(group, values, chunk.momentRows, rows),
    )
  }

  /** Adds the prediction from one sample of each encoded image to `sum`; `logits` receives its logits. */
  private addPrediction(
    pass: Pass,
    group: Group,
    noise: Tensor,
    sample: number,
    sum: Tensor,
    logits: Matrices,
  ): void {
    const { rows } = pass
    const columns = this.model.layout.latentDimensions
    this.model.sample(pass, { tensor: noise, offset: sample * rows * columns, rows, columns, period: 1 })
    this.model.decode(pass, undefined, logits)
    this.backend.addSoftmax(group.models, this.scoresOf(sum, rows, group), logits)
  }

  private pass({ first, models }: Group, rows: number, input: Matrices) {
    return { models, rows, parameters: { tensor: this.trainer.evaluated, first }, input }
  }

  /** Scores of a slice's images, for the models of a group or for all. */
  private scoresOf(tensor: Tensor, rows: number, { first }: Pick<Group, 'first'> = { first: 0 }): Matrices {
    const stride = this.rows * classes
    return { tensor, offset: first * stride, stride, rows, columns: classes }
  }

  /** Images at these places, in `period` sets of equal size. Models with the same index modulo `period` share a set. */
  private gather(held: OwnTensors, images: Tensor, places: Uint32Array, period: number): Matrices {
    const { backend } = this
    const columns = this.model.layout.inputs
    const indices = held.upload(places)
    const tensor = held.create([places.length, columns])
    backend.gatherImages(1, { tensor, rows: places.length, columns }, images, indices)
    return { tensor, rows: places.length / period, columns, period }
  }

  /** [samples, rows, K] standard normals. An image's noise is the same for any division into slices. */
  private noise(held: OwnTensors, places: Uint32Array): Tensor {
    const { backend } = this
    const rows = places.length
    const { evaluationSamples: samples, seed } = this.trainer.setting.values
    const { latentDimensions } = this.model.layout
    const indices = Uint32Array.from(
      { length: samples * rows },
      (_, i) => places[i % rows] * rowsOfImage + Math.floor(i / rows),
    )
    const uploaded = held.upload(indices)
    const tensor = held.create([indices.length, latentDimensions])
    backend.randomNormalRows(tensor, { seed, stream: streams.evaluationNoise }, uploaded)
    return tensor
  }

  dispose(): void {
    this.own.dispose()
  }
}

/** The validation images of one slice. */
interface Chunk {
  readonly first: number
  readonly rows: number
  /** Number of images, from the first, for σ and the spread of μ; none if not above 0. */
  readonly momentRows: number
  readonly input: Matrices
  readonly labels: Tensor
  readonly noise: Tensor
}

/** One number an image, as a column: the column's sum is the sum over the images. */
function asColumn(tensor: Tensor, rows: number): Matrices {
  return { tensor, rows, columns: 1 }
}
