import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface ColumnSumsOperations {
  /** output [1, columns] = sums of input [rows, columns] over its rows: a bias' gradient. */
  columnSums(models: number, output: Matrices, input: Matrices): void
}

export function checkColumnSums<T extends OwnTensor>(
  given: Arguments<T>,
  ...[models, output, input]: Parameters<ColumnSumsOperations['columnSums']>
) {
  return given.result(models, output, input, ({ columns }) => [1, columns])
}
