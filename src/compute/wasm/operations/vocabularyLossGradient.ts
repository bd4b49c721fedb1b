import {
  checkVocabularyLossGradient,
  type VocabularyLossGradientOperations,
} from '../../operations/vocabularyLossGradient.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const vocabularyLossGradient = (context: Context): VocabularyLossGradientOperations => ({
  vocabularyLossGradient(parameters) {
    const { kernels, memory } = context
    const checked = checkVocabularyLossGradient(context.given('vocabularyLossGradient'), parameters)
    const { models, rows, words, width, hidden, table, labels, logSumExps } = checked
    memory.withScratch(kernels.vocabularyLossGradientScratch(rows, width) >>> 0, (scratch) => {
      for (let model = 0; model < models; model++)
        kernels.vocabularyLossGradient(
          ...[place(checked.hiddenGradient, model), place(checked.tableGradient, model)],
          ...[place(hidden, model), place(table, model), place(labels, model), place(logSumExps, model)],
          ...[rows, words, width, scratch],
        )
    })
  },
})
