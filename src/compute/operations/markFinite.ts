import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface MarkFiniteOperations {
  /** alive[m] becomes 0 if model m's matrix in `values` has an entry that is not finite. */
  markFinite(models: number, alive: Tensor, values: Matrices): void
}

export function checkMarkFinite<T extends OwnTensor>(
  given: Arguments<T>,
  ...[models, alive, values]: Parameters<MarkFiniteOperations['markFinite']>
) {
  given.unsigned('models', models, 1)
  const marks = given.perModel('alive', alive, models)
  const checked = given.matrices('values', values, models)
  given.separate({ name: 'alive', tensor: marks }, [checked])
  return { models, count: checked.rows * checked.columns, alive: marks, values: checked }
}
