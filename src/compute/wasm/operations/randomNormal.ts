import { checkRandomNormal, checkRandomNormalRows } from '../../operations/randomNormal.ts'
import { operation } from '../context.ts'

export const randomNormal = operation(
  checkRandomNormal,
  ({ kernels }, { output, rows, columns, firstRow, stream, batch, seed }) =>
    kernels.randomNormal(output.address, rows, columns, 0, firstRow, stream, batch, seed),
)

export const randomNormalRows = operation(
  checkRandomNormalRows,
  ({ kernels }, { output, rows, columns, list, stream, batch, seed }) =>
    kernels.randomNormal(output.address, rows, columns, list.address, 0, stream, batch, seed),
)
