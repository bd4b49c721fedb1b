/** The loss over a whole vocabulary, and its gradient: no more logits are held at once than those of a slice. */
import type { CheckedMatrices } from '../networkArguments.ts'
import type { VocabularyLossArguments, VocabularyLossGradientArguments } from '../transformer.ts'
import { checkVocabularyLoss, checkVocabularyLossGradient } from '../transformerArguments.ts'
import { Arguments, readPlace, writtenPlace } from './arguments.ts'
import { type Context, invoke, roundUp } from './context.ts'
import type { GpuTensor } from './memory.ts'
import type { ModelProduct } from './modelProduct.ts'
import { unsigned } from './queue.ts'

/** Logits of a slice, of one model. What a model's sums are cut into must not depend on the models beside it. */
const sliceLogits = 2 ** 21
/** Words of a slice are a multiple of this: edges of the product's tiles divide it. */
const sliceUnit = 64
const mostWords = 4096
/** Invocations that share a row in vocabularyLoss.wgsl, and bytes that each keeps. */
const lanes = 16
const laneBytes = 12
/** The same in vocabularyLossGradient.wgsl. */
const gradientLanes = 64
/** Roughly the multiply-adds that an exponential and what goes with it take. */
const exponentialWork = 40

type Shape = Omit<ReturnType<typeof checkVocabularyLoss<GpuTensor>>, 'losses'>

interface Slice {
  readonly firstWord: number
  readonly words: number
  /** [words, width] of the table. */
  readonly table: CheckedMatrices<GpuTensor>
  /** Scratch space: [rows, words] */
  readonly logits: { readonly tensor: GpuTensor; readonly rows: number; readonly columns: number }
}

export class VocabularyLoss {
  constructor(
    private readonly context: Context,
    private readonly products: ModelProduct,
  ) {}

  run(parameters: VocabularyLossArguments): void {
    const shape = checkVocabularyLoss(new Arguments('vocabularyLoss', this.context.memory), parameters)
    const { models, rows, labels, logSumExps, losses } = shape
    const running = this.context.memory.scratch(
      'running sums of a vocabulary',
      models * rows * lanes * laneBytes,
    )
    const words = (slice: Pick<Slice, 'firstWord' | 'words'>) =>
      [
        ...[models, rows, shape.words, slice.firstWord, slice.words, ...readPlace(labels)],
        ...[...writtenPlace(logSumExps), ...writtenPlace(losses)],
      ].map(unsigned)
    for (const slice of this.slices(shape)) {
      this.drawLogits(shape, slice)
      invoke(this.context, 'vocabularyLoss', 'slice', {
        parameters: words(slice),
        buffers: [running, slice.logits.tensor.buffer, labels.tensor.buffer],
        invocations: models * rows * lanes,
        work: exponentialWork * models * rows * slice.words,
      })
    }
    invoke(this.context, 'vocabularyLoss', 'join', {
      parameters: words({ firstWord: 0, words: 0 }),
      buffers: [running, undefined, undefined, logSumExps.tensor.buffer, losses.tensor.buffer],
      invocations: models * rows,
      work: exponentialWork * models * rows * lanes,
    })
  }

  runGradient(parameters: VocabularyLossGradientArguments): void {
    const shape = checkVocabularyLossGradient(
      new Arguments('vocabularyLossGradient', this.context.memory),
      parameters,
    )
    const { models, rows, hidden, labels, logSumExps, hiddenGradient, tableGradient } = shape
    for (const slice of this.slices(shape)) {
      const { firstWord, words, logits } = slice
      this.drawLogits(shape, slice)
      invoke(this.context, 'vocabularyLossGradient', 'main', {
        parameters: [
          ...[models, rows, shape.words, firstWord, words],
          ...[...readPlace(labels), ...readPlace(logSumExps)],
        ].map(unsigned),
        buffers: [logits, labels, logSumExps].map(({ tensor }) => tensor.buffer),
        invocations: models * rows * gradientLanes,
        work: exponentialWork * models * rows * words,
      })
      this.products.run({
        ...{ models, output: hiddenGradient, left: logits, right: slice.table },
        accumulate: firstWord > 0,
      })
      const output = rowsOf(tableGradient, firstWord, words)
      this.products.run({ models, output, left: logits, transposeLeft: true, right: hidden })
    }
  }

  /** logits = hidden · tableᵀ of the slice. */
  private drawLogits({ models, hidden }: Shape, { logits, table }: Slice): void {
    this.products.run({ models, output: logits, left: hidden, right: table, transposeRight: true })
  }

  private *slices({ models, rows, words: vocabulary, table }: Shape): Generator<Slice> {
    const { memory } = this.context
    const fitting = Math.floor(sliceLogits / rows / sliceUnit) * sliceUnit
    const most = Math.min(mostWords, Math.max(sliceUnit, fitting), roundUp(vocabulary, sliceUnit))
    for (let firstWord = 0; firstWord < vocabulary; firstWord += most) {
      const words = Math.min(most, vocabulary - firstWord)
      const tensor = memory.scratchTensor('logits of a vocabulary', [models, rows, words])
      yield {
        firstWord,
        words,
        table: rowsOf(table, firstWord, words),
        logits: { tensor, rows, columns: words },
      }
    }
  }
}

/** Some rows of every model's matrix. */
const rowsOf = (
  matrices: CheckedMatrices<GpuTensor>,
  first: number,
  rows: number,
): CheckedMatrices<GpuTensor> => ({ ...matrices, offset: matrices.offset + first * matrices.columns, rows })
