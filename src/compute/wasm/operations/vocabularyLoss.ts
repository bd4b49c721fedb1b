import { checkVocabularyLoss } from '../../operations/vocabularyLoss.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const vocabularyLoss = operation(checkVocabularyLoss, ({ kernels, memory }, checked) => {
  const { models, rows, words, width, logSumExps, losses, hidden, table, labels } = checked
  memory.withScratch(kernels.vocabularyLossScratch(rows, width) >>> 0, (scratch) =>
    eachModel(models, [logSumExps, losses, hidden, table, labels], (sums, to, states, weights, targets) =>
      kernels.vocabularyLoss(sums, to, states, weights, targets, rows, words, width, scratch),
    ),
  )
})
