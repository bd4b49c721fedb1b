/**
 * Trains models on the same batches. They differ only in the std of their embeddings, of words and positions. At step n
 * the forward pass of batch n is done. A step then does the backward pass, the update and the forward pass of the next
 * batch. Only the losses are read back, when they are asked for.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { count } from '../../count.ts'
import type { CutText } from '../../data/text.ts'
import { coded } from '../../faults.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { readTensors, type Saved, writeTensors } from '../common/savedTensors.ts'
import { drawParameters } from './firstParameters.ts'
import { DifferentiableModel } from './gradients.ts'
import { type Layout, layoutOf } from './layout.ts'
import type { Queueing } from './model.ts'
import type { TrainingValues } from './parameters.ts'
import { trainingWindows, UploadedWindows, type Windows } from './windows.ts'

/** Number of steps that the history of losses holds; then it must be read. */
const historySteps = 128
/** Rows of the history for each model: the sum of losses at each step, and whether the model trained on. */
const historyRows = 2
/** Operations that are counted for a parameter in norm, check and update: these wait for memory. */
const operationsPerParameter = 20

export class Trainer {
  step = 0
  readonly layout: Layout
  readonly models: number
  readonly model: DifferentiableModel
  /** [models, layout.parameters] */
  readonly parameters: Tensor
  /** For each model, the step at which its loss or its gradient was not finite; −1 while it trains on. */
  readonly stoppedAt: Int32Array
  /** For each model, the losses that were read, of steps 0…`step`: NaN from the step where it stopped. */
  readonly losses: number[][]
  /** [models]: norms of the last gradients, before they were clipped. */
  readonly norms: Tensor
  private readonly gradients: Tensor
  private readonly firstMoments: Tensor
  private readonly secondMoments: Tensor
  private readonly alive: Tensor
  private readonly history: Tensor
  /** Number of steps in `history` that no reading has begun for. */
  private unread = 0
  /** Resolves when the requested losses are read. */
  private reading: Promise<void> = Promise.resolve()
  private words: UploadedWindows | undefined
  private batch: Windows | undefined
  private readonly own: OwnTensors

  /**
   * Throws a RangeError where the backend has no room for so many parameters.
   * @param stds standard deviations of the models' embeddings
   */
  constructor(
    private readonly backend: Backend,
    private readonly values: TrainingValues,
    private readonly text: Pick<CutText, 'training'>,
    private readonly stds: readonly number[],
  ) {
    const layout = layoutOf(values)
    const models = stds.length
    const bytes = 4 * models * layout.parameters
    if (bytes > backend.maximumTensorBytes)
      throw coded(
        'tooLarge',
        new RangeError(
          `The models’ ${count(models * layout.parameters)} parameters take ${count(bytes)} bytes; this backend permits ${count(backend.maximumTensorBytes)}. A smaller vocab or dModel, or WebAssembly, has room.`,
        ),
      )
    this.layout = layout
    this.models = models
    const own = new OwnTensors(backend)
    this.own = own
    this.model = own.keep(new DifferentiableModel(backend, layout, models, values.batchSize))
    const row = () => own.create([models, layout.parameters])
    this.parameters = row()
    this.gradients = row()
    this.firstMoments = row()
    this.secondMoments = row()
    this.norms = own.create([models])
    this.alive = own.upload(new Float32Array(models).fill(1))
    this.history = own.create([models, historyRows, historySteps])
    this.stoppedAt = new Int32Array(models).fill(-1)
    this.losses = stds.map(() => [])
  }

  /** The windows of the present batch. */
  get windows(): Windows {
    return this.batch as Windows
  }

  /** Whether losses must be read before a further step is done. */
  get full(): boolean {
    return this.unread === historySteps
  }

  /** Draws the parameters, and passes the first batch through. */
  *begin(): Queueing {
    yield* drawParameters(this.backend, this.layout, this.parameters, this.stds, this.values.seed)
    yield* this.forward()
  }

  /** One step with this learning rate and clip. */
  *advance({ learningRate, clip }: Pick<TrainingValues, 'learningRate' | 'clip'> = this.values): Queueing {
    const { backend, model, models, parameters, gradients, layout, alive, norms } = this
    yield* model.backward(parameters, this.words as UploadedWindows, gradients)
    const all = { tensor: gradients, rows: 1, columns: layout.parameters }
    backend.clipNorm(models, all, norms, clip > 0 ? clip : Number.POSITIVE_INFINITY)
    // the norm is not finite where one entry is not
    backend.markFinite(models, alive, { tensor: norms, rows: 1, columns: 1 })
    this.step++
    const { firstMoments, secondMoments, step } = this
    backend.adam({ parameters, gradients, firstMoments, secondMoments, alive, learningRate, step })
    yield models * layout.parameters * operationsPerParameter
    yield* this.forward()
  }

  private *forward(): Queueing {
    const { backend, model, models, alive, history } = this
    this.words?.dispose()
    this.batch = trainingWindows(this.text.training, this.layout, this.values, this.step)
    this.words = new UploadedWindows(backend, this.batch)
    yield* model.forward(this.parameters, this.words)
    const losses = { tensor: model.losses, rows: 1, columns: model.rows }
    backend.markFinite(models, alive, losses)
    const sums = [
      { tensor: model.losses, rows: model.rows, columns: 1 },
      { tensor: alive, rows: 1, columns: 1 },
    ]
    for (const [row, input] of sums.entries()) {
      const offset = row * historySteps + this.unread
      const output = { tensor: history, offset, stride: historyRows * historySteps, rows: 1, columns: 1 }
      backend.columnSums(models, output, input)
    }
    this.unread++
  }

  /** Reads the losses of the steps since the last call. Further steps may be queued meanwhile. */
  readLosses(): Promise<void> {
    const count = this.unread
    const before = this.reading
    if (count === 0) return before
    // steps that are queued from now on write at the beginning of the history
    this.unread = 0
    const history = this.backend.read(this.history) as Promise<Float32Array>
    this.reading = before.then(async () => this.take(await history, count))
    return this.reading
  }

  /** The losses of the next `count` steps. */
  private take(history: Float32Array, count: number): void {
    for (const [model, losses] of this.losses.entries())
      for (let at = 0; at < count; at++) {
        const place = model * historyRows * historySteps + at
        const mean = history[place] / this.model.rows
        const goesOn = history[place + historySteps] !== 0
        const step = losses.length
        // if the loss is finite, the gradient before it was not finite, and caused no update
        if (!goesOn && this.stoppedAt[model] < 0)
          this.stoppedAt[model] = Number.isFinite(mean) ? step - 1 : step
        losses.push(goesOn ? mean : Number.NaN)
      }
  }

  /** The tensors that are not computed from others in a step. */
  private get lasting() {
    const { parameters, firstMoments, secondMoments, alive } = this
    return { parameters, firstMoments, secondMoments, alive }
  }

  /** All losses must have been read, and no step may be under way. */
  async save() {
    const { step, stoppedAt, losses } = this
    return { own: { step, stoppedAt, losses }, tensors: await readTensors(this.backend, this.lasting) }
  }

  restore({ own, tensors }: Saved<Trainer>): void {
    writeTensors(this.backend, this.lasting, tensors)
    Object.assign(this, own)
    // the next step needs what the present batch leaves in the layers; its losses are known
    for (const _ of this.forward());
    this.unread = 0
  }

  dispose(): void {
    this.own.dispose()
    this.words?.dispose()
  }
}
