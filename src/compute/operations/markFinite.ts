import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface MarkFiniteOperations {
  /** alive[m] becomes 0 if model m's matrix in `values` has an entry that is not finite. */
  markFinite(models: number, alive: Tensor, values: Matrices): void
}

export function checkMarkFinite<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  alive: Tensor,
  values: Matrices,
) {
  given.unsigned('models', models, 1)
  const marks = given.tensor('alive', alive)
  given.shape('alive', marks, [models], `${models} models`)
  const checked = given.matrices('values', values, models)
  given.separate({ name: 'alive', tensor: marks }, [checked])
  return { alive: marks, values: checked }
}
