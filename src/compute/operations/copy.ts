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

export interface CopyOperations {
  /** output = input, float32, both [rows, columns]. */
  copy(models: number, output: Matrices, input: Matrices): void
}

export function checkCopy<T extends OwnTensor>(
  given: Arguments<T>,
  models: number,
  output: Matrices,
  input: Matrices,
) {
  given.unsigned('models', models, 1)
  const from = checkMatrices(given, 'input', input, models)
  const to = checkWritten(given, 'output', output, models)
  checkSize(given, to, [from.rows, from.columns], describeMatrices(from))
  checkSeparate(given, to, [from])
  return { output: to, input: from }
}
