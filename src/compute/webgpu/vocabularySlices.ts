/** The slices of a vocabulary: the memory holds the logits of one slice at a time. */
import type { CheckedMatrices } from '../matrices.ts'
import type { checkVocabulary } from '../operations/vocabularyLoss.ts'
import { type Context, roundUp } from './context.ts'
import type { GpuTensor } from './memory.ts'
import { multiply } from './operations/modelProduct.ts'

/** Logits of a slice for one model. The slices of a model's sums must not depend on the other models. */
const sliceLogits = 2 ** 21
/** Words of a slice are a multiple of this: edges of the product's tiles divide it. */
const sliceUnit = 64
const mostWords = 4096

interface Slice {
  readonly firstWord: number
  readonly words: number
  /** [words, width] of the table. */
  readonly table: CheckedMatrices<GpuTensor>
  /** Scratch space: [rows, words], hidden · tableᵀ. */
  readonly logits: { readonly tensor: GpuTensor; readonly rows: number; readonly columns: number }
}

/** Each slice with its logits, which are enqueued when the slice is asked for. */
export function* vocabularySlices(
  context: Context,

  shape: ReturnType<typeof checkVocabulary<GpuTensor>>,
): Generator<Slice> {
  const { models, rows, words: vocabulary, table: whole, hidden } = shape
  const fitting = Math.floor(sliceLogits / rows / sliceUnit) * sliceUnit
  const most = Math.min(mostWords, Math.max(sliceUnit, fitting), roundUp(vocabulary, sliceUnit))
  for (let firstWord = 0; firstWord < vocabulary; firstWord += most) {
    const words = Math.min(most, vocabulary - firstWord)
    const tensor = context.memory.scratchTensor('logits of a vocabulary', [models, rows, words])
    const logits = { tensor, rows, columns: words }
    const table = rowsOf(whole, firstWord, words)
    multiply(context, { models, output: logits, left: hidden, right: table, transposeRight: true })
    yield { firstWord, words, table, logits }
  }
}

/** Some rows of every model's matrix. */
export const rowsOf = (
  matrices: CheckedMatrices<GpuTensor>,
  first: number,
  rows: number,
): CheckedMatrices<GpuTensor> => ({ ...matrices, offset: matrices.offset + first * matrices.columns, rows })
