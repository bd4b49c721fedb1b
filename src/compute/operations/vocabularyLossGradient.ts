import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
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
  /** The gradient of `vocabularyLoss`. Computes the logits again, slice by slice, and uses the kept `logSumExps`. */
  vocabularyLossGradient(parameters: VocabularyLossGradientArguments): void
}

export function checkVocabularyLossGradient<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: VocabularyLossGradientArguments,
) {
  const shape = checkVocabulary(given, parameters)
  const { models, hidden, table, labels } = shape
  const logSumExps = given.matrices('logSumExps', parameters.logSumExps, models)
  const hiddenGradient = given.written('hiddenGradient', parameters.hiddenGradient, models)
  const tableGradient = given.written('tableGradient', parameters.tableGradient, models)
  given.size(logSumExps, [1, hidden.rows], hidden)
  given.size(hiddenGradient, [hidden.rows, hidden.columns], hidden)
  given.size(tableGradient, [table.rows, table.columns], table)
  given.separate(hiddenGradient, [tableGradient, hidden, table, labels, logSumExps])
  given.separate(tableGradient, [hidden, table, labels, logSumExps])
  return { ...shape, logSumExps, hiddenGradient, tableGradient }
}
