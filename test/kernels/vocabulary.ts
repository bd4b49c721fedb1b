/** The loss over a vocabulary and its gradient: what the tests of both run, and what float64 makes of it. */
import type { Backend } from '../../src/compute/backend.ts'
import {
  dispose,
  labelled,
  laid,
  matricesOf,
  once,
  several,
  spoilFreeMemory,
  unwritten,
} from './manyModels.ts'
import { vocabularyReference } from './transformerReference.ts'

/** One of each, no multiple of any slice or tile, exactly some, more columns than are multiplied at once, more slices. */
export const vocabularyCases = [
  { models: 1, rows: 1, words: 1, width: 1, size: 1 },
  { models: 2, rows: 3, words: 2, width: 5, size: 1 },
  { models: 3, rows: 7, words: 131, width: 17, size: 1 },
  { models: 2, rows: 64, words: 256, width: 32, size: 1 },
  { models: 1, rows: 37, words: 1027, width: 33, size: 3 },
  { models: 1, rows: 130, words: 515, width: 16, size: 1 },
  { models: 2, rows: 5, words: 67, width: 801, size: 0.3 },
  { models: 1, rows: 530, words: 300, width: 3, size: 4 },
  { models: 2, rows: 3, words: 4500, width: 2, size: 2 },
]

export const vocabularyMade = once(
  ({ models, rows, words, width, size }: (typeof vocabularyCases)[number]) => {
    // of logits whose deviation is about `size`
    const states = several(models, rows * width, 3, 2)
    const tables = several(models, words * width, 4, (1.5 * size) / Math.sqrt(width))
    const labels = labelled(models, rows, words, 5)
    const expected = states.map((state, model) =>
      vocabularyReference(state, tables[model], labels[model], width),
    )
    return { states, tables, labels, expected }
  },
)

/** The loss and its gradient. */
export async function vocabulary(
  backend: Backend,
  states: Float32Array[],
  tables: Float32Array[],
  rightWords: Uint32Array[],
  width: number,
  models = states.length,
) {
  const rows = rightWords[0].length
  spoilFreeMemory(backend)
  const perWord = { rows: tables[0].length / width, columns: width }
  const perRow = { rows, columns: width }
  const hidden = laid(backend, states, { ...perRow, offset: 3, gap: 5 })
  const table = laid(backend, tables, { ...perWord, offset: 1, gap: 2 })
  const labels = laid(backend, rightWords, { rows: 1, columns: rows, offset: 2, gap: 1 })
  const logSumExps = unwritten(backend, models, { rows: 1, columns: rows, offset: 6, gap: 3 })
  const losses = unwritten(backend, models, { rows: 1, columns: rows, offset: 4, gap: 7 })
  const hiddenGradient = unwritten(backend, models, { ...perRow, offset: 5, gap: 3 })
  const tableGradient = unwritten(backend, models, { ...perWord, offset: 7, gap: 1 })
  const given = { models, hidden, table, labels, logSumExps }
  backend.vocabularyLoss({ ...given, losses })
  backend.vocabularyLossGradient({ ...given, hiddenGradient, tableGradient })
  const result = {
    logSumExps: await matricesOf(backend, logSumExps),
    losses: await matricesOf(backend, losses),
    hiddenGradient: await matricesOf(backend, hiddenGradient),
    tableGradient: await matricesOf(backend, tableGradient),
  }
  dispose(hidden, table, labels, logSumExps, losses, hiddenGradient, tableGradient)
  return result
}

/** What rounding may do in a case of `vocabularyCases`. */
export function vocabularyErrors(
  { width, size }: { width: number; size: number },
  logSumExps: ArrayLike<number>,
) {
  // a logit is a sum of `width` products, each rounded by 2^-24 (Higham, section 3.1)
  const most = 2 * ((1.5 * size) / Math.sqrt(width)) * width
  const logitError = (width + 1) * 2 ** -24 * most
  // a float32 exponential, and a sum of at least its largest term's size
  const lossError = 2 * logitError + 2e-6 + 2 ** -23 * Math.max(...Array.from(logSumExps, Math.abs))
  return { logitError, lossError }
}

/** Logits of ±1e4: whole numbers, and so exact. */
export function farLogits() {
  const state = Float32Array.of(100, 0, -100, 0, 100, 100, 0, 0)
  const words = [[100, 0], [-100, 0], [99, 1], ...Array.from({ length: 300 }, (_, i) => [i % 7, -(i % 5)])]
  const table = Float32Array.from(words.flat())
  const labels = Uint32Array.of(0, 0, 2, 302)
  return { state, table, labels }
}
