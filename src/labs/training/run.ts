/** A run whose text is loaded: it trains both models, measures them and lets them write, slice by slice. */
import type { Backend } from '../../compute/backend.ts'
import type { Text } from '../../data/text.ts'
import { Pace, worthwhile } from '../common/pace.ts'
import type { Saved } from '../common/savedTensors.ts'
import { Speed } from '../common/speed.ts'
import type { Metrics } from '../experiment.ts'
import type { MeasuredNumbers, ModelFrame, TrainingFrame } from './frame.ts'
import type { ModelMeasurement } from './measurement.ts'
import { Pair } from './pair.ts'
import { embeddingStds, type TrainingValues } from './parameters.ts'
import { Race, raceBegin } from './race.ts'
import { isMeasured, isWritten } from './schedule.ts'
import type { Work } from './work.ts'

/** Assumed speed for the first slice, in floating-point operations a millisecond. */
const firstPace = 1e5

const measuredNames = ['validationLoss', 'logitStd', 'ownProbability', 'alignment'] as const
type MeasuredName = (typeof measuredNames)[number]

/** The numbers of a measurement; NaN where there is none. */
function numbersIn(measurement?: MeasuredNumbers): MeasuredNumbers {
  const entries = measuredNames.map((name) => [name, measurement?.[name] ?? Number.NaN])
  return Object.fromEntries(entries) as Record<MeasuredName, number>
}

/** The known data of one model, without its losses. */
interface ModelRecord {
  /** [measured steps] */
  readonly curves: Readonly<Record<MeasuredName, number[]>>
  /** The numbers of the newest measurement. */
  numbers: MeasuredNumbers
  /** The newest measurement from before the model stopped. */
  picture: ModelMeasurement | undefined
  written: { readonly text: string; readonly step: number }
  firstText: string
}

/** The numbers, with the model's number at the end of each name. */
function numbered<Name extends string, Model extends 1 | 2>(
  numbers: Readonly<Record<Name, number>>,
  model: Model,
): Record<`${Name}${Model}`, number> {
  const entries = Object.entries(numbers).map(([name, value]) => [`${name}${model}`, value])
  return Object.fromEntries(entries)
}

/** The names of the metrics, without the curves. */
export type TrainingMetric = keyof Awaited<ReturnType<Run['metrics']>>

export class Run {
  /** The newest step with known losses; −1 before those of the first batch are known. */
  private done = -1
  /** The newest step whose work is sent completely. */
  private sent = -1
  private readonly pair: Pair
  private readonly race = new Race()
  private readonly stds: readonly [number, number]
  private readonly records: readonly [ModelRecord, ModelRecord]
  private readonly measuredSteps: number[] = []
  /** The step of the newest measurement and of the newest texts, whether they belong to the curves or not. */
  private measuredStep = -1
  private writtenStep = -1
  /** The work toward the next state; and the measurement or text of the present state. */
  private training: Work | undefined
  private beside: Work | undefined
  private readonly pace: Pace
  /** Measuring and writing read many results back, so they have a pace of their own. */
  private readonly besidePace: Pace
  private readonly speed = new Speed()
  /** Counts steps, measurements and texts. */
  news = 0

  constructor(
    private readonly backend: Backend,
    private values: TrainingValues,
    private readonly text: Text,
  ) {
    this.stds = embeddingStds(values)
    this.pair = new Pair(backend, values, text)
    this.pace = new Pace(backend, firstPace)
    this.besidePace = new Pace(backend, firstPace)
    const record = (): ModelRecord => ({
      curves: { validationLoss: [], logitStd: [], ownProbability: [], alignment: [] },
      numbers: numbersIn(),
      picture: undefined,
      written: { text: '', step: -1 },
      firstText: '',
    })
    this.records = [record(), record()]
  }

  get step(): number {
    return Math.max(0, this.done)
  }

  /** Steps that are begun, with those under way. */
  get begun(): number {
    return Math.max(0, this.sent)
  }

  /** The present batch's losses are known, and the measurement and the texts if this step has them. */
  get ready(): boolean {
    return this.done >= 0 && !this.measurementDue && !this.writingDue
  }

  /** The done share of the present state's three results: its losses, its measurement, its texts. */
  get progress(): number {
    const left = [this.done < 0, this.measurementDue, this.writingDue].filter(Boolean).length
    return 1 - left / 3
  }

  private get measurementDue(): boolean {
    return isMeasured(this.step) && this.measuredSteps.at(-1) !== this.step
  }

  private get writingDue(): boolean {
    return isWritten(this.step) && this.writtenStep !== this.step
  }

  /** Losses, measurement and texts all belong to the present step, and no other step is under way. */
  get complete(): boolean {
    const told = this.measuredStep === this.step && this.writtenStep === this.step
    return this.ready && told && !this.training && this.sent === this.done
  }

  /** The step at which the race waits for a guess or is decided, or both models have stopped. */
  get lastStep(): number {
    const { stoppedAt } = this.pair
    if (stoppedAt.every((step) => step >= 0)) return Math.max(...stoppedAt)
    const { race, raceGuess } = this.values
    return race ? this.race.end(raceGuess, stoppedAt) : Number.POSITIVE_INFINITY
  }

  /** Playing waits for a guess. */
  get asks(): boolean {
    const { race, raceGuess } = this.values
    return race && this.race.waits(raceGuess)
  }

  /** Takes the live values, for the next step. */
  update(values: TrainingValues): void {
    this.values = values
  }

  /** Does steps up to `last` (Infinity: until playing ends), measurements and texts, while `left` gives time. */
  async advance(last: number, left: () => number): Promise<void> {
    for (let work = this.due(last); work; work = this.due(last)) {
      await work(left)
      if (!worthwhile(left())) return
    }
  }

  /** The next work to do. */
  private due(last: number): ((left: () => number) => Promise<unknown>) | undefined {
    const end = last === Number.POSITIVE_INFINITY ? this.lastStep : last
    const train = (left: () => number) => this.train(left)
    const beside = (left: () => number) => this.workBeside(left)
    const { sent, done } = this
    if (this.training || sent < 0) return train
    // the measurement and the texts of a step come before the next step
    const goesOn = sent < end && !isMeasured(sent) && !isWritten(sent)
    if (sent > done) return goesOn ? train : () => this.pace.arrival()
    if (this.measurementDue || this.writingDue) return beside
    if (sent < end) return train
    return this.complete ? undefined : beside
  }

  private async train(left: () => number): Promise<void> {
    // the measurement or text that was begun in a pause is not needed any more
    await this.beside?.return()
    this.beside = undefined
    const first = this.sent < 0
    if (this.step >= raceBegin) this.race.goOn(this.values.raceGuess)
    this.training ??= first ? this.pair.begin() : this.pair.advance(this.values)
    const over = await this.pursue(this.training, this.pace, left, (stepOver, milliseconds) => {
      // drawing the parameters does not count as training time
      if (!first) this.speed.add(stepOver ? 1 : 0, milliseconds)
      if (!stepOver) return
      this.done++
      this.news++
    })
    if (!over) return
    this.training = undefined
    this.sent++
  }

  private async workBeside(left: () => number): Promise<void> {
    this.beside ??= this.measuredStep === this.step ? this.write() : this.measure()
    if (!(await this.pursue(this.beside, this.besidePace, left, () => {}))) return
    this.beside = undefined
    this.news++
  }

  /** Sends slices of the work while there is time; returns whether all is sent. Calls `arrived` after every slice. */
  private async pursue(
    work: Work,
    pace: Pace,
    left: () => number,
    arrived: (over: boolean, milliseconds: number) => void,
  ): Promise<boolean> {
    do {
      await pace.turn()
      const most = pace.units(left())
      let operations = 0
      let over = false
      while (!over && operations < most) {
        const { done, value } = await work.next()
        over = done === true
        operations += value ?? 0
      }
      // if a slice ends with a wait, its work is done already
      const queued = Number.isFinite(operations)
      const answer = over ? this.pair.own.trainer.readLosses() : queued ? this.backend.finished() : undefined
      await pace.sent(queued ? operations : 0, Promise.resolve(answer), (_, milliseconds) =>
        arrived(over, milliseconds),
      )
      if (over) return true
    } while (worthwhile(left()))
    return false
  }

  private async *measure(): Work {
    const { records, step } = this
    const measured = yield* this.pair.measure()
    for (const [index, record] of records.entries()) {
      const one = measured[index]
      record.numbers = numbersIn(one)
      record.picture = one ?? record.picture
    }
    this.measuredStep = step
    if (!isMeasured(step)) return
    this.measuredSteps.push(step)
    for (const { curves, numbers } of records)
      for (const name of measuredNames) curves[name].push(numbers[name])
    this.race.note(
      step,
      records.map(({ numbers }) => numbers.validationLoss),
    )
  }

  private async *write(): Work {
    const texts = yield* this.pair.write()
    for (const [index, record] of this.records.entries())
      if (this.pair.stoppedAt[index] < 0) {
        record.written = { text: texts[index], step: this.step }
        if (this.step === 0) record.firstText = texts[index]
      }
    this.writtenStep = this.step
  }

  /** The losses of each model at the steps up to the present one. */
  private get losses(): readonly (readonly number[])[] {
    return this.pair.losses.map((losses) => losses.slice(0, this.step + 1))
  }

  private modelFrame(index: 0 | 1): ModelFrame {
    const { scheme1, scheme2 } = this.values
    const { curves, firstText, numbers, picture, written } = this.records[index]
    const curve = (name: MeasuredName) => Float32Array.from(curves[name])
    return {
      scheme: [scheme1, scheme2][index],
      std: this.stds[index],
      losses: Float32Array.from(this.losses[index]),
      newest: numbers,
      validationLosses: curve('validationLoss'),
      logitStds: curve('logitStd'),
      ownProbabilities: curve('ownProbability'),
      alignments: curve('alignment'),
      histogramEdges: picture?.histogramEdges ?? new Float32Array(),
      histogramDensity: picture?.histogramDensity ?? new Float32Array(),
      landscape: picture?.landscape ?? new Float32Array(),
      rowNorms: picture?.rowNorms ?? new Float32Array(),
      firstContinuation: firstText,
      continuation: written.text,
      continuationStep: written.step,
      stoppedAt: this.pair.stoppedAt[index],
    }
  }

  async frame(): Promise<TrainingFrame> {
    const { measuring, continuing } = this.pair.own
    const { text } = this
    return {
      loading: undefined,
      models: [this.modelFrame(0), this.modelFrame(1)],
      measuredSteps: Float32Array.from(this.measuredSteps),
      measuredStep: this.measuredStep,
      landscapeRows: measuring.positions,
      landscapeBins: measuring.landscapeBins,
      ranks: measuring.rankBins.ranks,
      prompt: continuing.prompt,
      race: this.race.frame,
      text: { name: text.name, words: text.ids.length, vocabulary: text.words.length },
    }
  }

  /** The metrics of one model; the names are without its number. */
  private numbersOf(index: 0 | 1) {
    const { curves, numbers } = this.records[index]
    const losses = this.losses[index]
    return {
      loss: losses[this.step] ?? Number.NaN,
      initialLoss: losses[0] ?? Number.NaN,
      ...numbers,
      initialLogitStd: curves.logitStd[0] ?? Number.NaN,
      initialOwnProbability: curves.ownProbability[0] ?? Number.NaN,
      initialAlignment: curves.alignment[0] ?? Number.NaN,
      std: this.stds[index],
      stoppedAt: this.pair.stoppedAt[index],
    }
  }

  /** The metrics without the loss curves, which are in a frame's data. */
  async metrics() {
    const { pair, race, values, step } = this
    const first = numbered(this.numbersOf(0), 1)
    const second = numbered(this.numbersOf(1), 2)
    return {
      step,
      ...first,
      ...second,
      lnVocab: Math.log(values.vocab),
      unigramEntropy: pair.unigramEntropy,
      wordsPerSecond: this.speed.perSecond(values.batchSize * values.context),
      raceGoal: race.frame.goal,
      raceSteps: race.frame.reachedAt,
    }
  }

  /** `lossCurve1` and `lossCurve2` up to the present step. */
  get curves(): Metrics {
    return Object.fromEntries(this.losses.map((losses, index) => [`lossCurve${index + 1}`, [...losses]]))
  }

  async save() {
    // the middle of a step is in the tensors of all its layers
    while (this.training || this.sent < 0) await this.train(() => Number.POSITIVE_INFINITY)
    await this.pace.all()
    const { done, sent, measuredStep, writtenStep, measuredSteps, records, race } = this
    return {
      own: { done, sent, measuredStep, writtenStep, measuredSteps },
      records,
      race: race.frame,
      parts: await this.pair.save(),
    }
  }

  async restore({ own, records, race, parts }: Saved<Run>): Promise<void> {
    await this.pair.restore(parts)
    Object.assign(this, own)
    for (const [index, record] of this.records.entries()) Object.assign(record, records[index])
    this.race.frame = race
  }

  dispose(): void {
    this.pair.dispose()
  }
}
