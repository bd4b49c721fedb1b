import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface AddSoftmaxOperations {
  /** probabilities [batch, classes] += softmax of logits [batch, classes]. */
  addSoftmax(models: number, probabilities: Matrices, logits: Matrices): void
}

export function checkAddSoftmax<T extends OwnTensor>(
  given: Arguments<T>,
  ...[models, probabilities, logits]: Parameters<AddSoftmaxOperations['addSoftmax']>
) {
  given.unsigned('models', models, 1)
  const to = given.written('probabilities', probabilities, models)
  const from = given.matrices('logits', logits, models)
  given.size(to, [from.rows, from.columns], from)
  given.separate(to, [from])
  return { models, rows: from.rows, classes: from.columns, probabilities: to, logits: from }
}
