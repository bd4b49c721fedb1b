import { i32, usize } from '../../layout.ts'
import { checkVocabularyLossGradient } from '../../operations/vocabularyLossGradient.ts'
import { operation } from '../context.ts'
import { structure } from '../structure.ts'
import { eachModel } from '../tensor.ts'

const layout = structure('VocabularyGradient', {
  ...usize('hiddenGradient', 'tableGradient', 'hidden', 'table', 'labels', 'logSumExps'),
  ...usize('hiddenPanels', 'transposedHidden', 'tablePanels', 'slopes'),
  ...i32('rows', 'words', 'width'),
})

/** Bytes of the slopes that a team keeps at most, and slices for each of its threads. */
const mostSlopeBytes = 8e6
const slicesEach = 4

/**
 * Threads take slices of the words, which gives the gradient of the table, and then parts of the rows, for which they
 * add up the slices in the order of the words. One thread takes one slice after the other while it is in the cache.
 */
export const vocabularyLossGradient = operation(checkVocabularyLossGradient, (context, checked) => {
  const { kernels, memory } = context
  const { models, rows, words, width, hiddenGradient, tableGradient, hidden, table, labels, logSumExps } =
    checked
  const sliceWords = kernels.vocabularySliceWords()
  const slices = Math.ceil(words / sliceWords)
  const shared = context.parts(0.2 * rows * words * width) > 1
  const slopeBytes = kernels.vocabularySlopeBytes(rows) >>> 0
  const panelBytes = kernels.vocabularyTablePanelBytes(width) >>> 0
  const fitting = Math.max(context.threads, Math.floor(mostSlopeBytes / slopeBytes))
  const group = shared ? Math.min(slices, slicesEach * context.threads, fitting) : 1
  const sizes = [
    layout.size,
    group * slopeBytes,
    group * panelBytes,
    kernels.vocabularyHiddenPanelBytes(rows, width) >>> 0,
    kernels.vocabularyTransposedBytes(rows, width) >>> 0,
  ].map((bytes) => Math.ceil(bytes / 64) * 64)
  const scratch = kernels.vocabularySliceScratch(width) >>> 0
  memory.withScratch(
    sizes.reduce((sum, size) => sum + size, 0),
    (task) => {
      const [slopes, tablePanels, hiddenPanels, transposedHidden] = sizes
        .slice(0, -1)
        .map((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size, task))
      eachModel(
        models,
        [hiddenGradient, tableGradient, hidden, table, labels, logSumExps],
        (toHidden, toTable, from, weights, targets, sums) => {
          memory.write(task, layout, {
            ...{ hiddenGradient: toHidden, tableGradient: toTable, hidden: from, table: weights },
            ...{ labels: targets, logSumExps: sums, slopes, tablePanels, hiddenPanels, transposedHidden },
            ...{ rows, words, width },
          })
          kernels.vocabularyPanels(task)
          for (let slice = 0; slice < slices; slice += group) {
            const count = Math.min(group, slices - slice)
            const word = slice * sliceWords
            const calls = Array.from(
              { length: count },
              (_, index) => [task, word + index * sliceWords, index, 0] as [number, number, number, number],
            )
            context.all('vocabularySlice', calls, scratch)
            if (!shared) kernels.vocabularyRows(task, word, count, 0, rows)
            else
              context.share('vocabularyRows', {
                ...{ items: rows, unit: 24, cost: 0.06 * count * sliceWords * width },
                call: (_, first, part) => [task, word, count, first, part],
              })
          }
        },
      )
    },
  )
})
