/**
 * Trains models side by side: every β with every seed of this part of the run, ordered by β, then seed. Models of one
 * seed share images, initial weights and noise. Only losses are read back, when they are requested.
 */

import type { Backend, Tensor } from '../../compute/backend.ts'
import { adamConstants } from '../../compute/operations/adam.ts'
import { streams } from '../../compute/random.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { readTensors, type Saved, writeTensors } from '../common/savedTensors.ts'
import { ImageOrder, noiseRows, seedOf } from './draws.ts'
import { DifferentiableModel, type TrainingPass } from './gradients.ts'
import { type ImageSet, packed } from './images.ts'
import { firstParameters, type Layout } from './layout.ts'
import type { VibValues } from './parameters.ts'

/** Number of steps for which images and noise are prepared together. */
const blockSteps = 8
/** Largest number of steps before the losses must be read. */
export const historySteps = 128
/** Rows for each model and step: the sum of cross-entropies, the sum of rates, and whether the model went on. */
const historyRows = 3

/** Everything that decides a training: the β, the run's seeds, and the images. */
export interface TrainingSetting {
  readonly values: VibValues
  readonly layout: Layout
  readonly betas: readonly number[]
  readonly firstSeed: number
  readonly seeds: number
  /** In the packed order; as many as a seed draws from. */
  readonly images: ImageSet
}

/** Losses of the steps since the last reading. */
export interface LossHistory {
  readonly firstStep: number
  readonly steps: number
  /** [models, steps]: means over the batch, nats; the rate without the factor β. */
  readonly task: Float32Array
  readonly rate: Float32Array
  /** [steps][β]: the values of β at that step. */
  readonly betas: readonly (readonly number[])[]
}

export class Trainer {
  step = 0
  readonly models: number
  readonly stepsPerEpoch: number
  readonly orders: readonly ImageOrder[]
  readonly images: Tensor
  /** For each model, steps done when its loss or gradient was no longer finite; −1 for models that still train. */
  readonly stoppedAt: Int32Array
  private learningRate: number
  private betaRow: readonly number[]
  private betas: Tensor
  private readonly model: DifferentiableModel
  private readonly parameters: Tensor
  private readonly gradients: Tensor
  private readonly firstMoments: Tensor
  private readonly secondMoments: Tensor
  private readonly average: Tensor | undefined
  private readonly alive: Tensor
  private readonly history: Tensor
  private historyBetas: (readonly number[])[] = []
  /** Learning rates of the step before the history, and of the steps in it. */
  private rates = [0]
  private readonly blockImages: Tensor
  private blockLabels: Tensor | undefined
  private readonly blockNoise: Tensor
  private block = -1
  private readonly own: OwnTensors

  private constructor(
    private readonly backend: Backend,
    readonly setting: TrainingSetting,
    firstRows: readonly Float32Array[],
  ) {
    const { values, layout, betas, firstSeed, seeds, images } = setting
    const { batchSize, trainSize } = values
    const own = new OwnTensors(backend)
    this.own = own
    this.models = betas.length * seeds
    this.learningRate = values.learningRate
    this.betaRow = betas
    this.betas = this.uploadBetas()
    this.stoppedAt = new Int32Array(this.models).fill(-1)
    this.orders = Array.from(
      { length: seeds },
      (_, seed) => new ImageOrder(seedOf(values.seed, firstSeed + seed), trainSize, batchSize),
    )
    this.stepsPerEpoch = this.orders[0].stepsPerEpoch
    this.images = own.upload(packed(images), [images.count, layout.inputs / 4])
    this.model = own.keep(new DifferentiableModel(backend, layout, this.models, batchSize))
    const shape = [this.models, layout.parameters]
    const begin = new Float32Array(this.models * layout.parameters)
    for (let model = 0; model < this.models; model++)
      begin.set(firstRows[model % seeds], model * layout.parameters)
    this.parameters = own.upload(begin, shape)
    this.gradients = own.create(shape)
    this.firstMoments = own.create(shape)
    this.secondMoments = own.create(shape)
    // the first step overwrites the average, except for a model that stops before
    this.average = values.polyak > 0 ? own.upload(begin, shape) : undefined
    this.alive = own.upload(new Float32Array(this.models).fill(1))
    this.history = own.create([this.models, historyRows, historySteps])
    const rows = seeds * blockSteps * batchSize
    this.blockImages = own.create([rows, layout.inputs])
    this.blockNoise = own.create([rows, layout.latentDimensions])
  }

  static async create(backend: Backend, setting: TrainingSetting): Promise<Trainer> {
    const { values, layout, firstSeed, seeds } = setting
    const rows: Float32Array[] = []
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++)
      rows.push(await firstParameters(backend, layout, seedOf(values.seed, seed)))
    return new Trainer(backend, setting, rows)
  }

  /** The parameters for evaluation and pictures: the current ones, or their running average. */
  get evaluated(): Tensor {
    return this.average ?? this.parameters
  }

  /** @param betas this part's β, in the order of the setting */
  update(learningRate: number, betas: readonly number[]): void {
    this.learningRate = learningRate
    if (betas.every((beta, index) => beta === this.betaRow[index])) return
    this.betaRow = betas
    this.betas.dispose()
    this.betas = this.uploadBetas()
  }

  private uploadBetas(): Tensor {
    const { seeds } = this.setting
    const rows = Float32Array.from(
      { length: this.models },
      (_, model) => this.betaRow[Math.floor(model / seeds)],
    )
    return this.backend.upload(rows, [this.models])
  }

  /** Queues one step of all models. Throws if the history has no room for its losses. */
  queueStep(): void {
    if (this.historyBetas.length === historySteps)
      throw new Error('The losses of the last steps have to be read first.')
    const { backend, model, models, step } = this
    const { values } = this.setting
    const pass = this.pass()
    model.forward(pass)
    model.backward(pass, { tensor: this.gradients }, this.betas)
    const { parameters } = this.setting.layout
    const losses = model.perRow(model.losses, pass)
    const rates = model.perRow(model.rates, pass)
    for (const values of [losses, rates, { tensor: this.gradients, rows: 1, columns: parameters }])
      backend.markFinite(models, this.alive, values)
    this.remember(losses.tensor, rates.tensor)
    const epoch = Math.floor(step / this.stepsPerEpoch)
    const learningRate = this.learningRate * values.learningRateDecay ** Math.floor(epoch / 2)
    this.rates.push(learningRate)
    backend.adam({
      parameters: this.parameters,
      gradients: this.gradients,
      firstMoments: this.firstMoments,
      secondMoments: this.secondMoments,
      alive: this.alive,
      learningRate,
      step: step + 1,
      decay1: values.adamBeta1,
    })
    this.step++
    if (this.average) {
      const { average, parameters, alive } = this
      backend.runningAverage({ average, parameters, alive, kept: this.keptAfter(this.step) })
    }
  }

  /**
   * Share of the average that remains in this step. The average is a weighted mean of the parameters after each step;
   * weights fall by the factor `polyak` a step. The initial parameters have no weight.
   */
  private keptAfter(steps: number): number {
    const { polyak } = this.setting.values
    return (polyak - polyak ** steps) / (1 - polyak ** steps)
  }

  /** The batch of the next step, with the present parameters. */
  private pass(): TrainingPass {
    const { layout, seeds, values } = this.setting
    const { batchSize } = values
    const block = Math.floor(this.step / blockSteps)
    if (block !== this.block) this.prepare(block)
    const first = (this.step % blockSteps) * batchSize
    const part = (tensor: Tensor, rows: number, columns: number) => {
      const each = (rows * columns) / batchSize
      return {
        tensor,
        rows,
        columns,
        offset: first * each,
        stride: blockSteps * batchSize * each,
        period: seeds,
      }
    }
    return {
      models: this.models,
      rows: batchSize,
      parameters: { tensor: this.parameters },
      input: part(this.blockImages, batchSize, layout.inputs),
      noise: part(this.blockNoise, batchSize, layout.latentDimensions),
      labels: part(this.blockLabels as Tensor, 1, batchSize),
    }
  }

  /** Prepares images, labels and noise for the block's steps, separate for each seed. */
  private prepare(block: number): void {
    const { backend } = this
    const { layout, firstSeed, seeds, values, images } = this.setting
    const { batchSize } = values
    const firstStep = block * blockSteps
    const rows = seeds * blockSteps * batchSize
    const places = new Uint32Array(rows)
    for (const [seed, order] of this.orders.entries())
      for (let step = 0; step < blockSteps; step++)
        places.set(order.batch(firstStep + step), (seed * blockSteps + step) * batchSize)
    const indices = backend.upload(places, [rows])
    const output = { tensor: this.blockImages, rows, columns: layout.inputs }
    backend.gatherImages(1, output, this.images, indices)
    indices.dispose()
    this.blockLabels?.dispose()
    this.blockLabels = backend.upload(
      Uint32Array.from(places, (place) => images.labels[place]),
      [rows],
    )
    const noise = backend.upload(noiseRows(firstSeed, seeds, firstStep, blockSteps, batchSize), [rows])
    backend.randomNormalRows(this.blockNoise, { seed: values.seed, stream: streams.latentNoise }, noise)
    noise.dispose()
    this.block = block
  }

  /** Queues the sums of this step's losses into the history. */
  private remember(losses: Tensor, rates: Tensor): void {
    const { backend, models, history, historyBetas } = this
    const { batchSize } = this.setting.values
    const sums = [
      { tensor: losses, rows: batchSize, columns: 1 },
      { tensor: rates, rows: batchSize, columns: 1 },
      { tensor: this.alive, rows: 1, columns: 1 },
    ]
    for (const [row, input] of sums.entries()) {
      const offset = row * historySteps + historyBetas.length
      const output = { tensor: history, offset, stride: historyRows * historySteps, rows: 1, columns: 1 }
      backend.columnSums(models, output, input)
    }
    historyBetas.push(this.betaRow)
  }

  /**
   * Reads the losses of the steps since the last call. A model with an infinite loss takes its last step back. Further
   * steps may be queued meanwhile.
   */
  async readLosses(): Promise<LossHistory> {
    const { models, historyBetas: betas, rates } = this
    const steps = betas.length
    const firstStep = this.step - steps
    const history = this.backend.read(this.history) as Promise<Float32Array>
    // steps queued from here on belong to the next history
    this.historyBetas = []
    this.rates = [rates[steps]]
    const sums = await history
    const { batchSize } = this.setting.values
    const task = new Float32Array(models * steps)
    const rate = new Float32Array(models * steps)
    for (let model = 0; model < models; model++)
      for (let at = 0; at < steps; at++) {
        const from = model * historyRows * historySteps + at
        task[model * steps + at] = sums[from] / batchSize
        rate[model * steps + at] = sums[from + historySteps] / batchSize
        if (this.stoppedAt[model] < 0 && sums[from + 2 * historySteps] === 0) {
          this.stoppedAt[model] = firstStep + at
          const finite = Number.isFinite(sums[from] + sums[from + historySteps])
          if (!finite && firstStep + at > 0) await this.takeBack(model, rates[at])
        }
      }
    return { firstStep, steps, task, rate, betas }
  }

  /**
   * Restores the last parameters with a finite loss: subtracts Adam's latest update, computed again from the moments.
   * The running average is restored, too: the share of the present parameters is removed.
   */
  private async takeBack(model: number, learningRate: number): Promise<void> {
    const { backend } = this
    const updates = this.stoppedAt[model]
    const columns = this.setting.layout.parameters
    const rowOf = (tensor: Tensor) => ({ tensor, offset: model * columns, rows: 1, columns })
    const read = async (tensor: Tensor) => {
      const row = backend.createTensor([1, columns])
      backend.copy(1, { tensor: row, rows: 1, columns }, rowOf(tensor))
      const copy = (await backend.read(row)) as Float32Array
      row.dispose()
      return copy
    }
    const write = (tensor: Tensor, values: Float32Array) => {
      const row = backend.upload(values, [1, columns])
      backend.copy(1, rowOf(tensor), { tensor: row, rows: 1, columns })
      row.dispose()
    }
    const parameters = await read(this.parameters)
    const far = parameters.slice()
    const firstMoments = await read(this.firstMoments)
    const secondMoments = await read(this.secondMoments)
    const { decay2, epsilon } = adamConstants
    const [correction1, correction2] = [1 - this.setting.values.adamBeta1 ** updates, 1 - decay2 ** updates]
    for (let at = 0; at < columns; at++)
      parameters[at] +=
        (learningRate * firstMoments[at]) /
        correction1 /
        (Math.sqrt(secondMoments[at] / correction2) + epsilon)
    write(this.parameters, parameters)
    if (!this.average) return
    const kept = Math.fround(this.keptAfter(updates))
    if (kept === 0) return write(this.average, parameters)
    const average = await read(this.average)
    for (let at = 0; at < columns; at++) average[at] = (average[at] - Math.fround(1 - kept) * far[at]) / kept
    write(this.average, average)
  }

  /** Queues a copy of one model's evaluated parameters into a tensor [1, parameters] of the same backend. */
  copyParameters(model: number, row: Tensor): void {
    const columns = this.setting.layout.parameters
    const input = { tensor: this.evaluated, offset: model * columns, rows: 1, columns }
    this.backend.copy(1, { tensor: row, rows: 1, columns }, input)
  }

  /** The tensors that are not computed from others in a step. */
  private get lasting() {
    const { parameters, firstMoments, secondMoments, alive, average } = this
    return { parameters, firstMoments, secondMoments, alive, ...(average && { average }) }
  }

  /** All losses must have been read. */
  async save() {
    const { step, stoppedAt, rates } = this
    return { own: { step, stoppedAt, rates }, tensors: await readTensors(this.backend, this.lasting) }
  }

  restore({ own, tensors }: Saved<Trainer>): void {
    writeTensors(this.backend, this.lasting, tensors)
    Object.assign(this, own)
  }

  dispose(): void {
    this.own.dispose()
    this.betas.dispose()
    this.blockLabels?.dispose()
  }
}
