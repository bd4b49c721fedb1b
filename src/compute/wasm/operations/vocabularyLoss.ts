import { checkVocabularyLoss } from '../../operations/vocabularyLoss.ts'
import { operation } from '../context.ts'
import { place, placeAt } from '../tensor.ts'

/** Rows of a part: its thread packs the whole table for them. */
const unit = 48

export const vocabularyLoss = operation(checkVocabularyLoss, (context, checked) => {
  const { models, rows, words, width, logSumExps, losses, hidden, table, labels } = checked
  context.share('vocabularyLoss', {
    ...{ models, items: rows, unit, cost: words * (1 + 0.05 * width) },
    scratch: context.kernels.vocabularyLossScratch(rows, width) >>> 0,
    call: (model, row, part, scratch) => [
      ...([placeAt(logSumExps, model, row), placeAt(losses, model, row)] as const),
      ...([placeAt(hidden, model, row * width), place(table, model), placeAt(labels, model, row)] as const),
      ...([part, words, width, scratch] as const),
    ],
  })
})
