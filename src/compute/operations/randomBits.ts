import type { Arguments } from '../arguments.ts'
import { checkSource, type RandomSource } from '../random.ts'
import type { ElementKind, OwnTensor, Tensor } from '../tensor.ts'

export interface RandomBitsOperations {
  /** The raw Philox-4x32-10 words: output [rows, columns] uint32; rows `firstRow`… of the stream. */
  randomBits(output: Tensor, source: RandomSource, firstRow?: number): void
}

/** Checks the arguments, also for `randomNormal`, which draws float32. */
export function checkRandomBits<T extends OwnTensor>(
  given: Arguments<T>,
  output: Tensor,
  source: RandomSource,
  firstRow = 0,
  kind: ElementKind = 'uint32',
) {
  const to = given.matrix('output', output, kind)
  const [rows, columns] = to.shape
  given.unsigned('firstRow', firstRow)
  given.unsigned('the last row', firstRow + rows - 1)
  return { output: to, rows, columns, firstRow, ...checkSource(given, source) }
}
