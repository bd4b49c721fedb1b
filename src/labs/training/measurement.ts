/**
 * Measures the models at a step: the loss on held-out windows, the logits at some positions of the present batch, the
 * probability of the input word itself at these positions, and the norms of the embedding's rows.
 */
import type { Backend, LogitLossResult, Tensor } from '../../compute/backend.ts'
import type { CutText } from '../../data/text.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { landscapeProbabilities, tokenStatistics } from '../common/tokenStatistics.ts'
import type { MeasuredNumbers } from './frame.ts'
import { headOperations, inside, type Layout, operationsOf } from './layout.ts'
import { LanguageModel, type Queueing } from './model.ts'
import { binMeans, type RankBins, rankBins } from './ranks.ts'
import type { Trainer } from './trainer.ts'
import { spreadWindows, UploadedWindows } from './windows.ts'

export interface ModelMeasurement extends MeasuredNumbers {
  /** [bins + 1] and [bins]. */
  readonly histogramEdges: Float32Array
  readonly histogramDensity: Float32Array
  /** [positions, landscapeBins] */
  readonly landscape: Float32Array
  /** [rank bins] */
  readonly rowNorms: Float32Array
}

/** About how many held-out words are measured, in all passes together: eight batches' words, but 256 to 1,024. */
export const validationWords = (batchWords: number) => Math.min(1024, Math.max(256, 8 * batchWords))
const validationPasses = 4
const mostPositions = 64
const mostLandscapeBins = 96
const histogramBins = 192
/** Entries of the table that pass through the logits' statistics at a time. */
const sliceEntries = 2 ** 20
/** Operations that are counted for a table entry that is only read. */
const operationsPerEntry = 10

/** Operations of one measurement of one model: the held-out words, and some positions' logits twice. */
export function measuringOperations(layout: Layout, batchWords: number): number {
  const { vocab, dModel } = layout
  const words = validationWords(batchWords)
  const validation = operationsOf(layout, words) + headOperations(layout, words)
  return validation + vocab * dModel * (2 * (2 * mostPositions + operationsPerEntry) + operationsPerEntry)
}

/** The statistics of the logits of one model's positions, before their result has arrived. */
interface Pending {
  readonly result: Promise<LogitLossResult>
  /** The histogram's bins span ±range. */
  readonly range: number
}

export class Measuring {
  /** Number of the batch's words at which the logits are measured. */
  readonly positions: number
  readonly landscapeBins: number
  readonly rankBins: RankBins
  private readonly model: LanguageModel
  private readonly passes: readonly UploadedWindows[]
  /** Rows of the positions in the batch, spread over it evenly. */
  private readonly chosen: Uint32Array
  private readonly places: Tensor
  private readonly hidden: readonly Tensor[]
  private readonly slice: Tensor
  /** [models, values]: the norms of the table's rows, of the positions' states, and the validation passes' sums. */
  private readonly results: Tensor
  private readonly own: OwnTensors

  constructor(
    private readonly backend: Backend,
    private readonly trainer: Trainer,
    text: CutText,
  ) {
    const { layout, models, model } = trainer
    const { context, inputWords, dModel, vocab } = layout
    const sequences = Math.max(1, Math.round(validationWords(model.rows) / validationPasses / context))
    const own = new OwnTensors(backend)
    this.own = own
    this.model = own.keep(new LanguageModel(backend, layout, models, sequences))
    const { inputs, labels } = spreadWindows(text.validation, layout, validationPasses * sequences)
    const rows = sequences * context
    this.passes = Array.from({ length: validationPasses }, (_, pass) => {
      const part = (ids: Uint32Array, each: number) => ids.subarray(pass * each, (pass + 1) * each)
      const words = { inputs: part(inputs, rows * inputWords), labels: part(labels, rows) }
      return own.keep(new UploadedWindows(backend, words))
    })
    this.positions = Math.min(mostPositions, model.rows)
    this.landscapeBins = Math.min(mostLandscapeBins, vocab)
    // the unknown word stands for many words: it has no frequency of its own
    this.rankBins = rankBins(vocab - 1)
    const { positions } = this
    this.chosen = Uint32Array.from({ length: positions }, (_, i) =>
      Math.floor(((i + 0.5) * model.rows) / positions),
    )
    this.places = own.upload(this.chosen)
    this.hidden = Array.from({ length: models }, () => own.create([this.positions, dModel]))
    this.slice = own.create([Math.min(vocab, Math.floor(sliceEntries / dModel)), dModel])
    this.results = own.create([models, vocab + this.positions + validationPasses])
  }

  /** Measures the present step; undefined for a stopped model. Yields the operations queued since the last yield. */
  async *measure(): AsyncGenerator<number, (ModelMeasurement | undefined)[]> {
    const { backend, trainer } = this
    const { models } = trainer
    const losses = trainer.readLosses()
    yield* this.validate()
    yield this.queueNorms()
    const { present, labels } = trainer.windows
    const own = new OwnTensors(backend)
    const words = (ids: Uint32Array) => own.upload(this.chosen.map((at) => ids[at]))
    const [inputs, targets] = [words(present), words(labels)]
    try {
      // the histogram's range is known only after a first pass over the logits
      const first: Pending[] = []
      for (let index = 0; index < models; index++)
        first.push(yield* this.queueLogits(index, inputs, targets, 1))
      const seen = await Promise.all(first.map(({ result }) => result))
      await losses
      yield Number.POSITIVE_INFINITY
      const second: (Pending | undefined)[] = []
      for (const [index, result] of seen.entries()) {
        const { mean, deviation } = this.moments(result)
        const range = Math.max(Math.abs(mean) + 6 * deviation, ...result.maximum)
        const goesOn = trainer.stoppedAt[index] < 0 && Number.isFinite(range)
        second.push(goesOn ? yield* this.queueLogits(index, inputs, targets, range) : undefined)
      }
      const read = backend.read(this.results) as Promise<Float32Array>
      const logits = await Promise.all(second.map((pending) => pending?.result))
      const values = await read
      const each = values.length / models
      return logits.map(
        (result, index) =>
          result &&
          this.evaluated(
            result,
            (second[index] as Pending).range,
            values.subarray(index * each, (index + 1) * each),
          ),
      )
    } finally {
      own.dispose()
    }
  }

  /** Writes the losses on the held-out windows into `results`. */
  private *validate(): Queueing {
    const { backend, model, trainer, results } = this
    const { models, layout, parameters } = trainer
    const stride = results.shape[1]
    for (const [pass, windows] of this.passes.entries()) {
      yield* model.forward(parameters, windows)
      const output = {
        tensor: results,
        offset: layout.vocab + this.positions + pass,
        stride,
        rows: 1,
        columns: 1,
      }
      backend.columnSums(models, output, { tensor: model.losses, rows: model.rows, columns: 1 })
    }
  }

  /** Queues norms of the table's rows and the positions' states, and a copy of the states. Returns the operations. */
  private queueNorms(): number {
    const { backend, trainer, positions, results, places } = this
    const { models, layout, parameters, model } = trainer
    const { vocab, dModel, embedding } = layout
    const stride = results.shape[1]
    const output = { tensor: results, stride, rows: 1, columns: vocab }
    backend.rowNorms(models, output, inside(layout, parameters, embedding))
    for (const [index, tensor] of this.hidden.entries()) {
      const hidden = { tensor, rows: positions, columns: dModel }
      backend.gatherRows({
        models: 1,
        output: hidden,
        table: { ...model.matrices(model.hidden), offset: index * model.rows * dModel },
        indices: { tensor: places, rows: 1, columns: positions },
        scale: 1,
      })
      const norms = { tensor: results, offset: index * stride + vocab, rows: 1, columns: positions }
      backend.rowNorms(1, norms, hidden)
    }
    return models * vocab * dModel * operationsPerEntry
  }

  /** Queues the logits of one model's positions over its whole table, slice by slice. */
  private *queueLogits(
    index: number,
    inputs: Tensor,
    targets: Tensor,
    histogramRange: number,
  ): Generator<number, Pending> {
    const { backend, trainer, positions, slice } = this
    const { vocab, dModel, embedding, parameters: stride } = trainer.layout
    const state = backend.createLogitLossState(positions, 1, histogramBins, this.landscapeBins)
    try {
      for (let firstWord = 0; firstWord < vocab; firstWord += slice.shape[0]) {
        const words = Math.min(slice.shape[0], vocab - firstWord)
        const flat = { rows: 1, columns: words * dModel }
        const offset = index * stride + embedding.offset + firstWord * dModel
        backend.copy(1, { tensor: slice, ...flat }, { tensor: trainer.parameters, offset, ...flat })
        backend.logitLoss({
          hidden: this.hidden[index],
          table: slice,
          words,
          firstWord,
          targets,
          inputs,
          scales: [1],
          vocabulary: vocab,
          histogramRange,
          state,
        })
        yield words * dModel * (2 * positions + operationsPerEntry)
      }
      const result = backend.readLogitLoss(state)
      // a caller that waits for the result gets this error
      result.catch(() => {})
      return { result, range: histogramRange }
    } finally {
      // the state is read already, or not needed any more
      state.dispose()
    }
  }

  /** Mean and standard deviation of all the raw logits. */
  private moments({ sum, sumOfSquares }: LogitLossResult): { mean: number; deviation: number } {
    const count = this.positions * this.trainer.layout.vocab
    const mean = total(sum) / count
    return { mean, deviation: Math.sqrt(Math.max(0, total(sumOfSquares) / count - mean ** 2)) }
  }

  /** @param values the model's row of `results` */
  private evaluated(result: LogitLossResult, range: number, values: Float32Array): ModelMeasurement {
    const { positions, trainer, model, chosen } = this
    const { vocab } = trainer.layout
    const { present } = trainer.windows
    const states = values.subarray(vocab, vocab + positions)
    const own = Float64Array.from(result.ownLogit, (logit, position) =>
      Math.exp(logit - tokenStatistics(result, 0, 1, position).logSumExp),
    )
    const cosines = Float64Array.from(
      result.ownLogit,
      (logit, position) => logit / (states[position] * values[present[chosen[position]]]),
    )
    const width = (2 * range) / histogramBins
    return {
      validationLoss: total(values.subarray(vocab + positions)) / (validationPasses * model.rows),
      logitStd: this.moments(result).deviation,
      ownProbability: total(own) / positions,
      alignment: total(cosines) / positions,
      histogramEdges: Float32Array.from({ length: histogramBins + 1 }, (_, bin) => bin * width - range),
      histogramDensity: Float32Array.from(
        result.histogram.subarray(1, histogramBins + 1),
        (count) => count / (positions * vocab * width),
      ),
      landscape: landscapeProbabilities(result, 0, 1, positions, 1),
      rowNorms: binMeans(this.rankBins, values),
    }
  }

  dispose(): void {
    this.own.dispose()
  }
}

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, one) => sum + one, 0)
