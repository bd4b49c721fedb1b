import { checkVocabularyLossGradient } from '../../operations/vocabularyLossGradient.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const vocabularyLossGradient = operation(
  checkVocabularyLossGradient,
  ({ kernels, memory }, checked) => {
    const { models, rows, words, width, hiddenGradient, tableGradient, hidden, table, labels, logSumExps } =
      checked
    memory.withScratch(kernels.vocabularyLossGradientScratch(rows, width) >>> 0, (scratch) =>
      eachModel(
        models,
        [hiddenGradient, tableGradient, hidden, table, labels, logSumExps],
        (toHidden, toTable, from, weights, targets, sums) =>
          kernels.vocabularyLossGradient(
            ...[toHidden, toTable, from, weights, targets, sums, rows, words, width, scratch],
          ),
      ),
    )
  },
)
