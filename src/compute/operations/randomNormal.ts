import { type Arguments, described } from '../arguments.ts'
import type { RandomSource } from '../random.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'
import { checkRandomBits } from './randomBits.ts'

export interface RandomNormalOperations {
  /** Standard normals: output [rows, columns] float32; rows `firstRow`… of the stream. */
  randomNormal(output: Tensor, source: RandomSource, firstRow?: number): void
  /** As `randomNormal`, but row i of the output is row `rows[i]` (uint32 [rows]) of the stream. */
  randomNormalRows(output: Tensor, source: RandomSource, rows: Tensor): void
}

export const checkRandomNormal = <T extends OwnTensor>(
  given: Arguments<T>,
  output: Tensor,
  source: RandomSource,
  firstRow?: number,
) => checkRandomBits(given, output, source, firstRow, 'float32')

export function checkRandomNormalRows<T extends OwnTensor>(
  given: Arguments<T>,
  output: Tensor,
  source: RandomSource,
  rows: Tensor,
) {
  const checked = checkRandomNormal(given, output, source, 0)
  const list = given.tensor('rows', rows, 'uint32')
  given.shape('rows', list, [checked.rows], described('output', checked.output))
  return { ...checked, list }
}
