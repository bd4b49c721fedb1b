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

export interface AddSoftmaxOperations {
  /** probabilities [batch, classes] += softmax of logits [batch, classes]. */
  addSoftmax(models: number, probabilities: Matrices, logits: Matrices): void
}

export function checkAddSoftmax<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  probabilities: Matrices,
  logits: Matrices,
) {
  given.unsigned('models', models, 1)
  const to = checkWritten(given, 'probabilities', probabilities, models)
  const from = checkMatrices(given, 'logits', logits, models)
  checkSize(given, to, [from.rows, from.columns], describeMatrices(from))
  checkSeparate(given, to, [from])
  return { models, probabilities: to, logits: from }
}
