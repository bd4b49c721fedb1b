/**
 * The init lab's run: each step draws a batch of hidden states and target words and measures the first loss of
 * a language model whose head is the embedding table. The state at step n averages the batches 0…n.
 */
import type { Backend, LogitLossResult } from '../../compute/backend.ts'
import { Pace } from '../common/pace.ts'
import { type Scheme, schemeStd } from '../common/schemes.ts'
import { landscapeProbabilities } from '../common/tokenStatistics.ts'
import type { Experiment, ExperimentModule, FrameContent, Metrics } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { type Calibration, calibrate, passMilliseconds, wordsPerSlice } from './calibration.ts'
import { columnsFor, EmbeddingTables } from './embeddingTable.ts'
import type { InitFrame, MeasuredSetting } from './frame.ts'
import { createHotLoop } from './hotLoop.ts'
import { Measurement } from './measurement.ts'
import { comparisonScheme, type InitValues, parameters, typed } from './parameters.ts'
import { histogramBins, histogramSpan, landscapeBins, operations } from './pass.ts'
import { logitStdError, type TableDeviation, tableDeviation } from './tableDeviation.ts'
import { expectedEntropy, expectedLoss, expectedSumSquaredProbability, ownLogit } from './theory.ts'
import { TheoryCurves } from './theoryCurves.ts'
import { VocabularyPass } from './vocabularyPass.ts'

const landscapeRows = 64
/** Assumed speed for the first slice: a slice of the table is sized for about 6 ms. */
const slicesPerMillisecond = 1 / 6
/** Batches after which playing on would teach nothing: the standard error is down to a sixth. */
const lastStep = 31

/** The data that one run hands to the next: they stay right when a parameter changes. */
interface Inheritance {
  tables: EmbeddingTables
  readonly curves: TheoryCurves
  readonly measured: Map<string, MeasuredSetting & { readonly setting: string }>
}

/** Settings whose dots share a chart: same vocabulary and kind of hidden state. */
function settingOf(values: InitValues): string {
  return JSON.stringify([values.vocab, values.hidden === 'tied' && values.alignment])
}

class InitExperiment implements Experiment {
  /** Number of passes whose results have arrived, without the first pass. */
  step = 0
  /** The first pass is over. */
  ready = false
  /** The theory's curves are drawn, too, and no pass is under way. */
  complete = false
  /** Counts new results: slices of the first pass, passes, parts of the curves. */
  news = 0
  private readonly schemes: readonly [Scheme, Scheme]
  private readonly scales: readonly [number, number]
  private readonly measurement: Measurement
  private readonly pace: Pace
  /** Number of passes that are sent completely. */
  private sent = 0
  private pass: VocabularyPass | undefined
  /** The first pass until its last slice is done; frames show its partial result meanwhile. */
  private first: VocabularyPass | undefined
  private result: LogitLossResult | undefined
  /** Duration of the last finished pass. */
  private milliseconds = Number.NaN
  private readonly predicted: ReturnType<typeof predictions>
  /** For each scheme, the deviation of its table, which no number of tokens averages out. */
  private readonly tableDeviations: readonly [TableDeviation, TableDeviation]
  readonly lastStep = lastStep
  private inherited = false
  private disposed = false

  constructor(
    private readonly backend: Backend,
    private readonly values: InitValues,
    readonly inheritance: Inheritance,
  ) {
    this.pace = new Pace(backend, slicesPerMillisecond)
    this.schemes = [values.scheme, comparisonScheme(values.scheme)]
    this.scales = [this.std(0), this.std(1)]
    this.measurement = new Measurement(histogramBins, values.hidden === 'tied')
    this.predicted = predictions(values, this.scales)
    const { vocab, dModel } = values
    const deviation = (std: number) => tableDeviation(vocab, dModel, std, alignmentOf(values))
    this.tableDeviations = [deviation(this.scales[0]), deviation(this.scales[1])]
  }

  private std(index: 0 | 1): number {
    return schemeStd(this.schemes[index], this.values.dModel, this.values.std)
  }

  get progress(): number {
    return this.ready ? 1 : (this.first?.share ?? 0)
  }

  get partOfStep(): number {
    return this.ready && this.pass ? this.pass.share : 0
  }

  /** The step of the newest pass that is sent or under way. */
  get begun(): number {
    return Math.max(0, this.pass ? this.sent : this.sent - 1)
  }

  async advance(steps: number, budget: number): Promise<void> {
    const start = performance.now()
    const last = this.step + steps
    const left = () => budget - (performance.now() - start)
    const { pace, inheritance } = this
    let drawn = inheritance.curves.work(this.values, budget / 3)
    do {
      await pace.turn()
      if (this.pass || this.sent <= last) await this.slice(left())
      else if (!(await pace.arrival())) break
    } while (left() > 0)
    if (!drawn && left() > 0) drawn = inheritance.curves.work(this.values, left())
    const complete = this.ready && drawn && !this.pass && this.step === this.begun
    if (complete !== this.complete || !drawn) this.news++
    this.complete = complete
  }

  /** Sends some slices of the table through the loss; starts and ends the pass when needed. */
  private async slice(milliseconds: number): Promise<void> {
    const { backend, values, inheritance, pace } = this
    this.pass ??= new VocabularyPass(backend, values, this.sent, this.scales, inheritance.tables)
    const { pass } = this
    if (this.sent === 0) this.first = pass
    const slices = Math.min(pass.rest, pace.units(milliseconds, pass.rest))
    pass.send(slices)
    if (pass.rest > 0)
      return pace.sent(slices, pass.finished(), (_, took) => {
        pass.spent += took
        if (pass === this.first) this.news++
      })
    this.pass = undefined
    this.sent++
    await pace.sent(slices, pass.read(), (seen, took) => this.take(pass, seen, pass.spent + took))
  }

  /** Takes the result of a finished pass. */
  private take(pass: VocabularyPass, result: LogitLossResult, milliseconds: number): void {
    pass.dispose()
    this.first = undefined
    if (this.disposed) return
    const { scales, values } = this
    this.result = result
    this.milliseconds = milliseconds
    this.measurement.add(result, scales, values.vocab, values.vocab)
    if (this.ready) this.step++
    this.ready = true
    this.news++
    this.remember()
  }

  private remember(): void {
    const { values, measurement } = this
    for (const [index, scheme] of this.schemes.entries()) {
      const setting = settingOf(values)
      const custom = scheme === 'custom' ? values.std : ''
      const logitStd = this.scales[index] * measurement.logitStd
      const { loss } = measurement.means[index]
      this.inheritance.measured.set(`${setting} ${scheme} ${custom} ${values.dModel}`, {
        setting: setting + custom,
        scheme,
        dModel: values.dModel,
        loss: loss.mean,
        standardError: Math.hypot(loss.standardError, this.tableDeviations[index].loss),
        logitVariance: logitStd ** 2,
        // the relative error of a square is twice the relative error of its root
        logitVarianceError:
          2 * logitStd * logitStdError(logitStd, values.vocab, values.dModel, measurement.tokens),
      })
    }
  }

  /** Does nothing: no parameter of this lab is live, because every one changes the measured quantities. */
  update(_values: ParameterValues): void {}

  async frame(): Promise<FrameContent<InitFrame>> {
    const { values, inheritance } = this
    // later batches refine a complete picture: it stays until the next batch is complete
    const partial = this.ready || !this.first?.words ? undefined : this.first
    const wordsSeen = partial ? partial.words : this.result ? values.vocab : 0
    const result = partial ? await partial.read() : this.result
    const measurement = partial && result ? this.partialMeasurement(result, wordsSeen) : this.measurement
    const rows = Math.min(values.tokens, landscapeRows)
    const scheme = (index: 0 | 1) => ({
      scheme: this.schemes[index],
      std: this.scales[index],
      landscape: result
        ? landscapeProbabilities(result, index, this.scales[index], rows, wordsSeen / values.vocab)
        : new Float32Array(rows * landscapeBins),
    })
    const setting = settingOf(values)
    const data: InitFrame = {
      wordsSeen,
      ...densities(measurement, histogramSpan * Math.sqrt(values.dModel)),
      schemes: [scheme(0), scheme(1)],
      landscapeRows: rows,
      landscapeBins,
      curves: inheritance.curves.curves(values),
      measured: [...inheritance.measured.values()].filter(
        (one) => one.setting === setting + (one.scheme === 'custom' ? values.std : ''),
      ),
    }
    const transfer = [data.histogramEdges, data.histogramDensity, ...data.schemes.map((one) => one.landscape)]
    return {
      metrics: this.metricsOf(measurement, wordsSeen),
      data,
      transfer: transfer.map((array) => array.buffer),
    }
  }

  private partialMeasurement(result: LogitLossResult, wordsSeen: number): Measurement {
    const measurement = new Measurement(histogramBins, this.values.hidden === 'tied')
    measurement.add(result, this.scales, wordsSeen, this.values.vocab)
    return measurement
  }

  async metrics(): Promise<Metrics> {
    return this.metricsOf(this.measurement, this.values.vocab)
  }

  metricsOf(measurement: Measurement, wordsSeen: number) {
    const { values, scales } = this
    // a part of the table is a smaller table: the variance is proportional to 1/words
    const part = Math.sqrt(values.vocab / wordsSeen)
    const [table, comparisonTable] = this.tableDeviations
    const logitStd = scales[0] * measurement.logitStd
    const [own, comparison] = measurement.means
    return {
      ...this.predicted,
      logitStd,
      logitStdStandardError: logitStdError(logitStd, wordsSeen, values.dModel, measurement.tokens),
      logitMean: scales[0] * measurement.logitMean,
      loss: own.loss.mean,
      lossStandardError: Math.hypot(own.loss.standardError, part * table.loss),
      maxProbability: own.maxProbability.mean,
      maxProbabilityStandardError: own.maxProbability.standardError,
      entropy: own.entropy.mean,
      entropyStandardError: Math.hypot(own.entropy.standardError, part * table.entropy),
      sumSquaredProbability: own.sumSquaredProbability.mean,
      sumSquaredProbabilityStandardError: own.sumSquaredProbability.standardError,
      ownLogit: scales[0] * measurement.ownLogit.mean,
      ownLogitStandardError: scales[0] * measurement.ownLogit.standardError,
      comparisonLoss: comparison.loss.mean,
      comparisonLossStandardError: Math.hypot(comparison.loss.standardError, part * comparisonTable.loss),
      comparisonMaxProbability: comparison.maxProbability.mean,
      comparisonMaxProbabilityStandardError: comparison.maxProbability.standardError,
      tokensMeasured: measurement.tokens,
      megaflops: operations(values) / 1e6,
      milliseconds: this.milliseconds,
    }
  }

  /** Hands the table, the curves and the measured settings to the next run. */
  handOver(): Inheritance {
    this.inherited = true
    return this.inheritance
  }

  dispose(): void {
    this.disposed = true
    this.pass?.dispose()
    if (!this.inherited) this.inheritance.tables.dispose()
  }
}

const alignmentOf = ({ hidden, alignment }: InitValues) => (hidden === 'tied' ? alignment : undefined)

/** The metrics from theory, known before anything is measured. */
function predictions(values: InitValues, scales: readonly [number, number]) {
  const { vocab, dModel } = values
  const alignment = alignmentOf(values)
  const [std, comparisonStd] = scales
  const sigma = std * Math.sqrt(dModel)
  const own = alignment === undefined ? undefined : ownLogit(dModel, std, alignment)
  return {
    std,
    logitStdPredicted: sigma,
    lossPredicted: expectedLoss(vocab, dModel, std, alignment),
    lnVocab: Math.log(vocab),
    entropyPredicted: expectedEntropy(vocab, sigma, own),
    sumSquaredProbabilityPredicted: own ? Number.NaN : expectedSumSquaredProbability(vocab, sigma),
    ownLogitPredicted: own ? own.mean : Number.NaN,
    comparisonStd,
    comparisonLossPredicted: expectedLoss(vocab, dModel, comparisonStd, alignment),
  }
}

/** Density of the raw logits over the bins, and the share outside. */
function densities(measurement: Measurement, range: number) {
  const counts = measurement.histogram
  const total = counts.reduce((sum, count) => sum + count, 0)
  const width = (2 * range) / histogramBins
  return {
    histogramEdges: Float32Array.from({ length: histogramBins + 1 }, (_, bin) => -range + bin * width),
    histogramDensity: Float32Array.from({ length: histogramBins }, (_, bin) =>
      total === 0 ? 0 : counts[bin + 1] / total / width,
    ),
    outside: total === 0 ? 0 : (counts[0] + counts[histogramBins + 1]) / total,
  }
}

function createTables(backend: Backend, calibration: Calibration, values: InitValues): EmbeddingTables {
  const columns = columnsFor(values.vocab, values.dModel)
  const words = wordsPerSlice(calibration, columns, values.tokens)
  return new EmbeddingTables(backend, values.seed, values.vocab, columns, words)
}

async function createExperiment(
  backend: Backend,
  parameterValues: ParameterValues,
  previous?: Experiment,
): Promise<Experiment> {
  const values = typed(parameterValues)
  const calibration = await calibrate(backend)
  const inheritance =
    previous instanceof InitExperiment
      ? previous.handOver()
      : {
          tables: createTables(backend, calibration, values),
          curves: new TheoryCurves(),
          measured: new Map(),
        }
  if (!inheritance.tables.serves(values.seed, values.vocab, values.dModel)) {
    inheritance.tables.dispose()
    inheritance.tables = createTables(backend, calibration, values)
  }
  return new InitExperiment(backend, values, inheritance)
}

/** Vocabularies that the default is chosen from, largest first. */
const usualVocabularies = [50257, 32000, 16384, 8192, 4096, 2048, 1000]
const longestDefaultPass = 2000

/** The largest usual vocabulary whose pass at these values takes about two seconds at most. */
async function calibratedDefaults(
  backend: Backend,
  values: ParameterValues,
  given: ParameterValues,
): Promise<ParameterValues> {
  if ('vocab' in given) return {}
  const { dModel, tokens } = typed(values)
  const calibration = await calibrate(backend)
  const vocab = usualVocabularies.find(
    (words) => passMilliseconds(calibration, words, dModel, tokens) <= longestDefaultPass,
  )
  return { vocab: vocab ?? 1000 }
}

/** The metrics' names. */
export type InitMetric = keyof ReturnType<InitExperiment['metricsOf']>

export const experimentModule: ExperimentModule = {
  parameters,
  divides: true,
  createExperiment,
  calibratedDefaults,
  createHotLoop,
  stepOperations: (values) => operations(typed(values)),
}
