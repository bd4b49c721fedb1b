import type { Arguments } from '../arguments.ts'
import {
  checkMatrices,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type Matrices,
} from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'
import { checkVocabulary, type VocabularyShape } from './vocabularyLoss.ts'

export interface VocabularyLossGradientArguments extends VocabularyShape {
  /** As `vocabularyLoss` left them. */
  readonly logSumExps: Matrices
  /** Written: [rows, d], gradient of the mean of the losses over the rows. */
  readonly hiddenGradient: Matrices
  /** Written: [words, d] */
  readonly tableGradient: Matrices
}

export interface VocabularyLossGradientOperations {
  /** The gradient of `vocabularyLoss`. Draws the logits again, slice by slice, from the kept `logSumExps`. */
  vocabularyLossGradient(parameters: VocabularyLossGradientArguments): void
}

export function checkVocabularyLossGradient<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: VocabularyLossGradientArguments,
) {
  const shape = checkVocabulary(given, parameters)
  const { models, hidden, table, labels } = shape
  const logSumExps = checkMatrices(given, 'logSumExps', parameters.logSumExps, models)
  const hiddenGradient = checkWritten(given, 'hiddenGradient', parameters.hiddenGradient, models)
  const tableGradient = checkWritten(given, 'tableGradient', parameters.tableGradient, models)
  checkSize(given, logSumExps, [1, hidden.rows], describeMatrices(hidden))
  checkSize(given, hiddenGradient, [hidden.rows, hidden.columns], describeMatrices(hidden))
  checkSize(given, tableGradient, [table.rows, table.columns], describeMatrices(table))
  checkSeparate(given, hiddenGradient, [tableGradient, hidden, table, labels, logSumExps])
  checkSeparate(given, tableGradient, [hidden, table, labels, logSumExps])
  return { ...shape, logSumExps, hiddenGradient, tableGradient }
}
