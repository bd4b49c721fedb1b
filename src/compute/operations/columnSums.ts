import type { Arguments } from '../arguments.ts'
import {
  type CheckedMatrices,
  checkMatrices,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type Matrices,
} from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface ColumnSumsOperations {
  /** output [1, columns] = sums of input [rows, columns] over its rows: a bias' gradient. */
  columnSums(models: number, output: Matrices, input: Matrices): void
}

export function checkColumnSums<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  output: Matrices,
  input: Matrices,
): { readonly output: CheckedMatrices<T>; readonly input: CheckedMatrices<T> } {
  given.unsigned('models', models, 1)
  const from = checkMatrices(given, 'input', input, models)
  const to = checkWritten(given, 'output', output, models)
  checkSize(given, to, [1, from.columns], describeMatrices(from))
  checkSeparate(given, to, [from])
  return { output: to, input: from }
}
