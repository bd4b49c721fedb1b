import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface RowNormsOperations {
  /** output [1, rows] = Euclidean norms of the rows of input [rows, columns]. */
  rowNorms(models: number, output: Matrices, input: Matrices): void
}

export function checkRowNorms<T extends OwnTensor>(
  given: Arguments<T>,
  ...[models, output, input]: Parameters<RowNormsOperations['rowNorms']>
) {
  return given.result(models, output, input, ({ rows }) => [1, rows])
}
