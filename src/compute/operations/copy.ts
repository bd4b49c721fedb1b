import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface CopyOperations {
  /** output = input, float32, both [rows, columns]. */
  copy(models: number, output: Matrices, input: Matrices): void
}

export function checkCopy<T extends OwnTensor>(
  given: Arguments<T>,
  ...[models, output, input]: Parameters<CopyOperations['copy']>
) {
  return given.result(models, output, input, ({ rows, columns }) => [rows, columns])
}
