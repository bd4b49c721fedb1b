import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface ClipNormOperations {
  /**
   * norms float32 [models] = Euclidean norm of all of a model's `values`. If the norm is larger than `limit`, the
   * values are scaled to the norm `limit`. If it is not finite, they are not changed. limit Infinity only measures.
   */
  clipNorm(models: number, values: Matrices, norms: Tensor, limit: number): void
}

export function checkClipNorm<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  values: Matrices,
  norms: Tensor,
  limit: number,
) {
  given.unsigned('models', models, 1)
  const clipped = given.written('values', values, models)
  const to = given.tensor('norms', norms)
  given.shape('norms', to, [models], `${models} models`)
  given.separate({ name: 'norms', tensor: to }, [clipped])
  if (!(limit > 0)) given.fail(`limit must be above 0, or Infinity, not ${limit}.`)
  return { values: clipped, norms: to }
}
