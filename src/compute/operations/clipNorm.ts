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
  ...[models, values, norms, limit]: Parameters<ClipNormOperations['clipNorm']>
) {
  given.unsigned('models', models, 1)
  const clipped = given.written('values', values, models)
  const to = given.perModel('norms', norms, models)
  given.separate({ name: 'norms', tensor: to }, [clipped])
  if (!(limit > 0)) given.fail(`limit must be above 0, or Infinity, not ${limit}.`)
  return { models, count: clipped.rows * clipped.columns, values: clipped, norms: to, limit }
}
