import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface CountErrorsOperations {
  /** errors float32 [models] += rows of scores [batch, classes] with the (first) largest entry not at the label. */
  countErrors(models: number, errors: Tensor, scores: Matrices, labels: Matrices): void
}

export function checkCountErrors<T extends OwnTensor>(
  given: Arguments<T>,
  ...[models, errors, scores, labels]: Parameters<CountErrorsOperations['countErrors']>
) {
  given.unsigned('models', models, 1)
  const to = given.perModel('errors', errors, models)
  const from = given.matrices('scores', scores, models)
  const targets = given.matrices('labels', labels, models, 'uint32')
  given.size(targets, [1, from.rows], from)
  given.separate({ name: 'errors', tensor: to }, [from])
  return { models, rows: from.rows, classes: from.columns, errors: to, scores: from, labels: targets }
}
