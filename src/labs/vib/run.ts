/** A run once its images are loaded: it trains, evaluates and renews the pictures, slice by slice. */
import type { Backend } from '../../compute/backend.ts'
import { Pace, worthwhile } from '../common/pace.ts'
import type { Saved } from '../common/savedTensors.ts'
import { Speed } from '../common/speed.ts'
import { collapsedSince } from './collapse.ts'
import { Evaluations } from './evaluations.ts'
import type { LossCurves, Room, VibFrame } from './frame.ts'
import type { ImageSet } from './images.ts'
import { type Layout, layoutOf } from './layout.ts'
import { LossRecord } from './lossRecord.ts'
import { betasOf, movesBeta, seedCount, shownModel, type VibValues } from './parameters.ts'
import { divide, LocalPart, type Part } from './parts.ts'
import { Pictures } from './pictures.ts'
import { RemotePart } from './remotePart.ts'
import type { Results } from './results.ts'
import { orderNumber, pictureOrder } from './theory.ts'
import { historySteps } from './trainer.ts'

/** Milliseconds for pictures per millisecond of training. */
const pictureShare = { one: 1 / 2, three: 1 / 2, sweep: 1 / 10 }
/** The same while there is no picture yet. */
const firstPictureShare = 2
/** Largest number of threads of a sweep: more would slow down the page and compete for the memory bus. */
const mostThreads = 4
/** Estimated steps a millisecond for the first slice. */
const firstPace = 0.02

const resultNames = [
  'trainError',
  'validationError',
  'validationErrorOneSample',
  'validationErrorMean',
  'rate',
  'distortion',
  'sigmaMean',
  'muSpread',
] as const satisfies readonly (keyof Results)[]

/** The metrics' names; the pictures' are those of three models alone. */
export type VibMetric = keyof ReturnType<Run['metrics']>

export class Run {
  /** Steps with known losses. */
  step = 0
  /** Steps that were sent, including those under way. */
  begun = 0
  /** The step at which β was moved last: what it does takes as long as it took the first. */
  betaSince = 0
  /** β of the latest step. */
  private trainedBetas: readonly number[]
  /** The largest β that each model has trained with. */
  private largestBetas: readonly number[]
  private readonly stepsPerEpoch: number
  private readonly records: readonly LossRecord[]
  private readonly evaluations: Evaluations
  private readonly pictures: Pictures
  private readonly pace: Pace
  /** The picture that is being renewed while training goes on. */
  private picturing: Promise<void> | undefined
  private pictureFault: unknown
  private disposed = false
  /** Milliseconds that pictures may still take before training goes on. */
  private pictureTime = 0
  /** β was changed: a step with the new β, and a slice of its picture, come before everything else. */
  private moved = false
  private readonly speed = new Speed()

  private constructor(
    private readonly backend: Backend,
    private values: VibValues,
    layout: Layout,
    training: ImageSet,
    private readonly validation: ImageSet,
    private readonly parts: readonly Part[],
    private readonly room: Room | undefined,
  ) {
    this.pace = new Pace(backend, firstPace)
    this.stepsPerEpoch = Math.floor(values.trainSize / values.batchSize)
    this.trainedBetas = betasOf(values)
    this.largestBetas = this.trainedBetas.map(() => 0)
    this.records = parts.map(({ models, share }) => new LossRecord(models.length, share.seeds))
    this.evaluations = new Evaluations(parts, values, layout, this.stepsPerEpoch, validation.count)
    this.pictures = new Pictures(backend, values, layout, training, validation, parts, () => ({
      step: this.begun,
      betas: this.trainedBetas,
    }))
  }

  static async create(
    backend: Backend,
    values: VibValues,
    training: ImageSet,
    validation: ImageSet,
  ): Promise<Run> {
    const layout = layoutOf(values)
    const threads = values.mode === 'sweep' ? Math.min(1 + backend.spareThreads, mostThreads) : 1
    const { shares, room } = divide(backend, values, layout, threads)
    const settings = shares.map((share) => ({ values, share, training, validation }))
    // shares that had to be cut further for want of room are trained in turns on one thread
    const remote = room ? 0 : settings.length - 1
    const others = settings.slice(0, remote).map((setting) => RemotePart.create(backend, setting))
    const own: Part[] = []
    try {
      for (const setting of settings.slice(remote)) own.push(await LocalPart.create(backend, setting))
      const parts = [...(await Promise.all(others)), ...own]
      return new Run(backend, values, layout, training, validation, parts, room)
    } catch (fault) {
      // frees all parts that were created, above all threads with their memory
      for (const part of own) part.dispose()
      for (const other of await Promise.allSettled(others))
        if (other.status === 'fulfilled') other.value.dispose()
      throw fault
    }
  }

  /** Whether there is nothing more to report or draw at this step. */
  get complete(): boolean {
    return (
      this.step === this.begun &&
      !this.picturing &&
      this.pictures.complete &&
      this.evaluations.complete(this.step)
    )
  }

  /** Trains up to step `last` and does the other work that is due, while `left` returns enough time. */
  async advance(last: number, left: () => number): Promise<void> {
    do {
      if (this.pictureFault) throw this.pictureFault
      if (this.moved && this.begun < last) return await this.followMove(last)
      if (this.begun < last && !this.evaluations.due(this.begun)) {
        if (this.pictureTime > 0 && !this.picturing && !this.pictures.complete) await this.renewPictures()
        else await this.train(last, left)
      } else if (this.step < this.begun) await this.pace.all()
      // evaluates only parameters that no model takes back any more
      else if (this.begun < last) await this.evaluate(true, left)
      else if (this.picturing) await this.picturing
      else if (!this.pictures.complete) await this.renewPictures()
      else if (!this.evaluations.complete(this.step)) await this.evaluate(false, left)
      else return
    } while (worthwhile(left()))
  }

  private evaluate(onTheWay: boolean, left: () => number): Promise<void> {
    return this.evaluations.work(this.step, this.trainedBetas, onTheWay, left)
  }

  /** Renews the pictures. Where answers are late, training goes on meanwhile. */
  private async renewPictures(spacesToo = false): Promise<void> {
    const begin = performance.now()
    const renewed = this.pictures.renew(spacesToo).then(
      () => {
        this.pictureTime -= performance.now() - begin
      },
      (fault) => {
        // a fault after disposal comes from disposed tensors
        if (!this.disposed) this.pictureFault = fault
      },
    )
    this.picturing = renewed.finally(() => {
      this.picturing = undefined
    })
    if (this.backend.latency === 0) await this.picturing
  }

  /** Shows a dragged β in the next frame; an evaluation that is due at this step is left to the next epoch. */
  private async followMove(last: number): Promise<void> {
    this.moved = false
    await this.picturing
    await this.train(last, () => 0)
    await this.renewPictures(true)
    await this.picturing
    await this.pace.all()
  }

  private async train(last: number, left: () => number): Promise<void> {
    await this.evaluations.abandon()
    const { parts, pace } = this
    await pace.turn()
    const due = Math.min(last - this.begun, this.evaluations.stepsLeft(this.begun))
    const steps = Math.min(due, historySteps, pace.units(left(), due))
    // parts on other threads come first in the list, and work while this thread does
    const losses = Promise.all(parts.map((part) => part.train(steps)))
    this.begun += steps
    this.trainedBetas = betasOf(this.values)
    this.largestBetas = this.largestBetas.map((largest, model) => Math.max(largest, this.trainedBetas[model]))
    await pace.sent(steps, losses, (histories, milliseconds) => {
      for (const [index, history] of histories.entries()) this.records[index].add(history)
      this.step += steps
      this.time(steps, milliseconds)
    })
  }

  private time(steps: number, milliseconds: number): void {
    const share = this.pictures.first < 1 ? firstPictureShare : pictureShare[this.values.mode]
    this.pictureTime = Math.min(100, this.pictureTime + milliseconds * share)
    this.speed.add(steps, milliseconds)
  }

  update(values: VibValues): void {
    if (movesBeta(this.values, values)) {
      this.moved = true
      this.betaSince = this.step
    }
    this.values = values
    for (const part of this.parts) part.update(values)
    this.pictures.update(values)
    // a newly chosen picture is shown before training goes on for long
    this.pictureTime = Math.max(this.pictureTime, 1)
  }

  private get stoppedAt(): number[] {
    const stopped: number[] = []
    for (const { models, stoppedAt } of this.parts)
      for (const [place, model] of models.entries()) stopped[model] = stoppedAt[place]
    return stopped
  }

  private get collapsedSince(): number[] {
    const { largestBetas } = this
    return betasOf(this.values).map((beta, model) =>
      collapsedSince(this.evaluations.done, model, largestBetas[model], beta),
    )
  }

  private curves(): LossCurves {
    const model = shownModel(this.values)
    const index = this.parts.findIndex(({ models }) => models.includes(model))
    const curve = this.records[index].curve(this.parts[index].models.indexOf(model))
    const { done } = this.evaluations
    return {
      model,
      ...curve,
      total: curve.task.map((task, point) => task + curve.weightedRate[point]),
      validationSteps: Float32Array.from(done, ({ step }) => step),
      validation: Float32Array.from(done, ({ distortion }) => distortion[model]),
    }
  }

  frame(): VibFrame {
    const { values, pictures, validation } = this
    const betas = betasOf(values)
    return {
      loading: undefined,
      models: {
        betas,
        trainedBetas: this.trainedBetas,
        validationImages: validation.count,
        seeds: betas.map((_, model) => model % seedCount(values)),
        stoppedAt: this.stoppedAt,
        collapsedSince: this.collapsedSince,
        room: this.room,
        evaluations: this.evaluations.done.slice(),
      },
      shownModel: shownModel(values),
      encoded: pictures.first,
      spaces: pictures.latentSpaces,
      labels: validation.labels.slice(),
      curves: this.curves(),
      diagram: pictures.diagram,
      gradients: pictures.gradients,
    }
  }

  /** Errors of the latest evaluation, which was at step `evaluatedStep`; NaN before the first. */
  metrics() {
    const { values, evaluations, pictures } = this
    const betas = betasOf(values)
    const latest = evaluations.done.at(-1)
    const results = resultNames.map((name) => [
      name,
      latest ? Array.from(latest[name]) : betas.map(() => Number.NaN),
    ])
    const { gradients } = pictures
    const order = pictureOrder(values.seed)
    return {
      step: this.step,
      epoch: this.step / this.stepsPerEpoch,
      betas,
      ...(Object.fromEntries(results) as Record<(typeof resultNames)[number], number[]>),
      evaluatedBetas: latest?.betas ?? betas.map(() => Number.NaN),
      evaluatedStep: latest?.step ?? Number.NaN,
      evaluatedEpoch: latest?.epoch ?? Number.NaN,
      evaluatedImages: latest?.images ?? 0,
      stoppedAt: this.stoppedAt,
      collapsedSince: this.collapsedSince,
      gradientEncoderTask: gradients?.encoderTask ?? Number.NaN,
      gradientEncoderRate: gradients?.encoderRate ?? Number.NaN,
      gradientDecoderTask: gradients?.decoderTask ?? Number.NaN,
      gradientDecoderRate: gradients?.decoderRate ?? Number.NaN,
      imagesPerSecond: this.speed.perSecond(values.batchSize * betas.length),
      ...(values.mode === 'three' && {
        pictureA: betas[order[0]],
        pictureB: betas[order[1]],
        pictureC: betas[order[2]],
        pictureOrder: orderNumber(order),
        // on few images the best model would be decided by chance
        bestBeta:
          latest?.images === this.validation.count
            ? latest.betas[smallest(latest.validationError)]
            : Number.NaN,
      }),
    }
  }

  /** [images, side, side], 0…255: all validation images. */
  get pixels(): Uint8Array {
    return this.validation.pixels
  }

  async save() {
    await this.picturing
    await this.pace.all()
    const { step, begun, betaSince, trainedBetas, largestBetas, moved } = this
    return {
      own: { step, begun, betaSince, trainedBetas, largestBetas, moved },
      records: this.records.map((record) => record.save()),
      evaluations: this.evaluations.done,
      pictures: this.pictures.save(),
      // each part’s models are the same to the bit for any division, but saved by part
      parts: await Promise.all(this.parts.map((part) => part.save())),
    }
  }

  async restore({ own, records, evaluations, pictures, parts }: Saved<Run>): Promise<void> {
    if (parts.length !== this.parts.length) throw new RangeError('The saved run was divided in another way.')
    await Promise.all(this.parts.map((part, index) => part.restore(parts[index])))
    Object.assign(this, own)
    for (const [index, record] of this.records.entries()) record.restore(records[index])
    this.evaluations.done.push(...evaluations)
    this.pictures.restore(pictures)
  }

  dispose(): void {
    this.disposed = true
    this.pictures.dispose()
    for (const part of this.parts) part.dispose()
  }
}

/** Index of the smallest value; the first one if several are equal. */
function smallest(values: Float32Array): number {
  return values.reduce((best, value, index) => (value < values[best] ? index : best), 0)
}
