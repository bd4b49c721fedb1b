/**
 * The pictures of a single model: its latent space with the decoder's regions, one image on its path through the
 * sampling, and the gradient norms of encoder and decoder. They use a copy of the model's parameters, so that a picture
 * belongs to one step.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { streams } from '../../compute/random.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { DecisionGrid } from './decisionGrid.ts'
import { renewedRows } from './draws.ts'
import type { DecisionRegions, DiagramFigures, Domain, GradientNorms } from './frame.ts'
import { DifferentiableModel, type TrainingPass } from './gradients.ts'
import { type ImageSet, packed, subset } from './images.ts'
import { type FlatSpace, hazeCount, LatentPicture, type PictureState } from './latentPicture.ts'
import { classes, type Layout, operationsOf } from './layout.ts'
import { Model } from './model.ts'
import { softplus } from './theory.ts'

/** Floating-point operations of one slice of images. */
const sliceOperations = 2e8
/** Samples of z for the diagram's image. */
const draws = 64
/** First row of the diagram's samples in the stream of picture noise; the haze's rows lie before. */
const diagramRow = hazeCount
/**
 * Steps until each of the diagram's samples is renewed. They are renewed one after the other, so that the drawn
 * particles do not all jump at once.
 */
const drawLife = 512

/** Slices of images between two gradients at least. */
const fewestSlices = 4

/** The tensors for the pictures, which all shown models use in turn. */
export class ShownModels {
  /** float32 [1, parameters]: parameters of the model in use. */
  readonly row: Tensor
  /** Slices of images between two gradients: gradients take at most a third of the time for pictures. */
  readonly slicesPerGradient: number
  private readonly images: Tensor
  private readonly rows: number
  /** [rows, pixels] */
  private readonly input: Tensor
  private readonly model: Model
  private readonly single: Model
  private readonly batch: DifferentiableModel
  private readonly noNoise: Tensor
  private readonly batchInput: Tensor
  private readonly gradients: Tensor
  /** [1] each: norms of the encoder's and the decoder's part of `gradients`. */
  private readonly norms: readonly [Tensor, Tensor]
  private readonly noLogitsGradient: Tensor
  /** [draws, 1] ones: they repeat one image's μ and ρ for every draw. */
  private readonly ones: Tensor
  private readonly grid: DecisionGrid
  private readonly own: OwnTensors
  /** Noise of the haze at a step, shared by all models' pictures. */
  private haze: { readonly step: number; readonly normals: Float32Array } | undefined

  constructor(
    private readonly backend: Backend,
    private readonly layout: Layout,
    readonly validation: ImageSet,
    private readonly seed: number,
    batchSize: number,
  ) {
    const own = new OwnTensors(backend)
    this.own = own
    const operations = operationsOf(layout.encoder) + operationsOf(layout.decoder)
    const rows = Math.floor(sliceOperations / operations / 50) * 50
    this.rows = Math.min(validation.count, 2500, Math.max(50, rows))
    // one pass forward and two backward, each with twice the work of a forward one
    this.slicesPerGradient = Math.max(fewestSlices, Math.ceil((2 * 5 * batchSize) / this.rows))
    this.row = own.create([1, layout.parameters])
    this.images = own.upload(packed(validation), [validation.count, layout.inputs / 4])
    this.input = own.create([this.rows, layout.inputs])
    this.model = own.keep(new Model(backend, layout, 1, this.rows))
    this.single = own.keep(new Model(backend, layout, 1, draws))
    this.batch = own.keep(new DifferentiableModel(backend, layout, 1, batchSize))
    this.noNoise = own.create([this.rows, layout.latentDimensions])
    this.batchInput = own.create([batchSize, layout.inputs])
    this.gradients = own.create([1, layout.parameters])
    this.norms = [own.create([1]), own.create([1])]
    this.noLogitsGradient = own.create([batchSize, classes])
    this.ones = own.upload(new Float32Array(draws).fill(1), [draws, 1])
    this.grid = own.keep(new DecisionGrid(backend, this.model))
  }

  picture(model: number): LatentPicture {
    return new LatentPicture(model, this.layout.latentDimensions, this.validation.labels)
  }

  /** Encodes the next images of the picture with the parameters in `row`, which belong to this moment. */
  async refresh(picture: LatentPicture, moment: number): Promise<void> {
    const { backend, model } = this
    const first = picture.next
    const rows = Math.min(this.rows, this.validation.count - first)
    const pass = this.passOf(first, rows)
    model.encode(pass)
    model.sample(pass, { tensor: this.noNoise, rows, columns: this.layout.latentDimensions })
    model.decode(pass)
    const [encoded, logits, rates] = await Promise.all(
      [model.encoded, model.logits, model.rates].map((tensor) => backend.read(tensor)),
    )
    picture.add(
      {
        first,
        encoded: encoded as Float32Array,
        logits: logits as Float32Array,
        rates: (rates as Float32Array).subarray(0, rows),
      },
      moment,
    )
  }

  private passOf(first: number, rows: number) {
    const { backend, layout } = this
    const columns = layout.inputs
    const places = Uint32Array.from({ length: rows }, (_, i) => first + i)
    const indices = backend.upload(places, [rows])
    const input = { tensor: this.input, rows, columns }
    backend.gatherImages(1, input, this.images, indices)
    indices.dispose()
    return { models: 1, rows, parameters: { tensor: this.row }, input }
  }

  /** The picture without the decoder's regions. */
  async space(picture: LatentPicture, state: PictureState, image: number): Promise<FlatSpace> {
    if (this.haze?.step !== state.step)
      this.haze = { step: state.step, normals: await this.hazeNoise(state.step) }
    return picture.space(state, this.haze.normals, image)
  }

  /** [hazeCount, K] standard normals, different at every step. */
  private async hazeNoise(step: number): Promise<Float32Array> {
    const tensor = this.backend.createTensor([hazeCount, this.layout.latentDimensions])
    this.backend.randomNormal(tensor, { seed: this.seed, stream: streams.pictureNoise, batch: step })
    const normals = (await this.backend.read(tensor)) as Float32Array
    tensor.dispose()
    return normals
  }

  /** The decoder's answers in this window of the picture's plane, with the parameters in `row`. */
  async regions(picture: LatentPicture, window: Domain): Promise<DecisionRegions | undefined> {
    const plane = picture.plane()
    return plane && this.grid.answers(this.row, plane, window)
  }

  /** Sends one validation image through the sampling, with the parameters in `row`, which belong to this step. */
  async diagram(model: number, image: number, step: number): Promise<DiagramFigures> {
    const { backend, layout, single, validation } = this
    const columns = layout.latentDimensions
    const own = new OwnTensors(backend)
    const drawn = own.upload(renewedRows(diagramRow, draws, step, drawLife))
    const noise = own.create([draws, columns])
    backend.randomNormalRows(noise, { seed: this.seed, stream: streams.pictureNoise }, drawn)
    const one = this.passOf(image, 1)
    this.model.encode(one)
    // repeats the image's μ and ρ for every draw
    const left = { tensor: this.ones, rows: draws, columns: 1 }
    backend.modelProduct({
      models: 1,
      output: single.encodedOf({ rows: draws }),
      left,
      right: this.model.encodedOf({ rows: 1 }),
    })
    const pass = { ...one, rows: draws }
    single.sample(pass, { tensor: noise, rows: draws, columns })
    single.decode(pass)
    const [gaussian, latent, logits, normals] = (await Promise.all(
      [single.encoded, single.latent, single.logits, noise].map((tensor) => backend.read(tensor)),
    )) as Float32Array[]
    own.dispose()
    const plane = (rows: Float32Array) =>
      Float32Array.from({ length: 2 * draws }, (_, i) => rows[(i >> 1) * columns + (i & 1)])
    const probabilities = new Float32Array(classes)
    for (let draw = 0; draw < draws; draw++)
      for (const [digit, share] of softmax(logits, draw).entries()) probabilities[digit] += share / draws
    const pixels = validation.side ** 2
    return {
      model,
      image,
      label: validation.labels[image],
      side: validation.side,
      pixels: validation.pixels.slice(image * pixels, (image + 1) * pixels),
      mean: [gaussian[0], gaussian[1]],
      sigma: [softplus(gaussian[columns] - 5), softplus(gaussian[columns + 1] - 5)],
      noise: plane(normals),
      latent: plane(latent),
      probabilities,
    }
  }

  /**
   * Two backward passes with the parameters in `row`: of the task loss alone, and of β · rate alone.
   * @param places the batch's images in the packed order
   * @param noise rows of the stream of training noise
   */
  async gradientNorms(
    training: ImageSet,
    places: Uint32Array,
    noise: Uint32Array,
    of: Pick<GradientNorms, 'model' | 'beta' | 'step'>,
  ): Promise<GradientNorms> {
    const { backend, batch, layout } = this
    const rows = places.length
    const columns = layout.latentDimensions
    const own = new OwnTensors(backend)
    const indices = own.upload(Uint32Array.from(places.keys()))
    const images = own.upload(packed(subset(training, places)), [rows, layout.inputs / 4])
    const input = { tensor: this.batchInput, rows, columns: layout.inputs }
    backend.gatherImages(1, input, images, indices)
    const labels = own.upload(Uint32Array.from(places, (place) => training.labels[place]))
    const noiseRows = own.upload(noise)
    const normals = own.create([rows, columns])
    backend.randomNormalRows(normals, { seed: this.seed, stream: streams.latentNoise }, noiseRows)
    const pass: TrainingPass = {
      models: 1,
      rows,
      parameters: { tensor: this.row },
      input,
      labels: { tensor: labels, rows: 1, columns: rows },
      noise: { tensor: normals, rows, columns },
    }
    const betas = [0, of.beta].map((one) => own.upload(Float32Array.of(one)))
    const gradients = { tensor: this.gradients }
    batch.forward(pass)
    batch.backward(pass, gradients, betas[0])
    const task = await this.readNorms()
    batch.backward(pass, gradients, betas[1], this.noLogitsGradient)
    const rate = await this.readNorms()
    own.dispose()
    return {
      ...of,
      encoderTask: task.encoder,
      decoderTask: task.decoder,
      encoderRate: rate.encoder,
      decoderRate: rate.decoder,
    }
  }

  /** Norms of the encoder's and the decoder's part of `gradients`. */
  private async readNorms() {
    const { decoderStart, parameters } = this.layout
    const measure = async (norm: Tensor, offset: number, columns: number) => {
      const part = { tensor: this.gradients, offset, rows: 1, columns }
      this.backend.clipNorm(1, part, norm, Number.POSITIVE_INFINITY)
      return (await this.backend.read(norm))[0]
    }
    const [encoder, decoder] = await Promise.all([
      measure(this.norms[0], 0, decoderStart),
      measure(this.norms[1], decoderStart, parameters - decoderStart),
    ])
    return { encoder, decoder }
  }

  dispose(): void {
    this.own.dispose()
  }
}

/** Softmax of one row of logits [rows, 10]. */
function softmax(logits: Float32Array, row: number): number[] {
  const own = Array.from(logits.subarray(row * classes, (row + 1) * classes))
  const highest = Math.max(...own)
  const weights = own.map((logit) => Math.exp(logit - highest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
