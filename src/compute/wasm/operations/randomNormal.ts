import {
  checkRandomNormal,
  checkRandomNormalRows,
  type RandomNormalOperations,
} from '../../operations/randomNormal.ts'
import type { Context } from '../context.ts'

export const randomNormal = (context: Context): RandomNormalOperations => ({
  randomNormal(output, source, firstRow = 0) {
    const checked = checkRandomNormal(context.given('randomNormal'), output, source, firstRow)
    const { output: to, rows, columns, stream, batch, seed } = checked
    context.kernels.randomNormal(to.address, rows, columns, 0, firstRow, stream, batch, seed)
  },

  randomNormalRows(output, source, list) {
    const checked = checkRandomNormalRows(context.given('randomNormalRows'), output, source, list)
    const { output: to, rows, columns, list: indices, stream, batch, seed } = checked
    context.kernels.randomNormal(to.address, rows, columns, indices.address, 0, stream, batch, seed)
  },
})
