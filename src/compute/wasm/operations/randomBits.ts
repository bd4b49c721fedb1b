import { checkRandomBits } from '../../operations/randomBits.ts'
import { operation } from '../context.ts'

export const randomBits = operation(
  checkRandomBits,
  ({ kernels }, { output, rows, columns, firstRow, stream, batch, seed }) =>
    kernels.randomBits(output.address, rows, columns, firstRow, stream, batch, seed),
)
