import { checkVocabularyLoss, type VocabularyLossOperations } from '../../operations/vocabularyLoss.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const vocabularyLoss = (context: Context): VocabularyLossOperations => ({
  vocabularyLoss(parameters) {
    const { kernels, memory } = context
    const checked = checkVocabularyLoss(context.given('vocabularyLoss'), parameters)
    const { models, rows, words, width, logSumExps, losses, hidden, table, labels } = checked
    memory.withScratch(kernels.vocabularyLossScratch(rows, width) >>> 0, (scratch) => {
      for (let model = 0; model < models; model++)
        kernels.vocabularyLoss(
          ...[place(logSumExps, model), place(losses, model), place(hidden, model)],
          ...[place(table, model), place(labels, model), rows, words, width, scratch],
        )
    })
  },
})
