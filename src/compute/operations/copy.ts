import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
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
  const from = given.matrices('input', input, models)
  const to = given.written('output', output, models)
  given.size(to, [from.rows, from.columns], from)
  given.separate(to, [from])
  return { output: to, input: from }
}
