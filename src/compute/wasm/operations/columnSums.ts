import { type ColumnSumsOperations, checkColumnSums } from '../../operations/columnSums.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const columnSums = (context: Context): ColumnSumsOperations => ({
  columnSums(models, output, input) {
    const { output: to, input: from } = checkColumnSums(context.given('columnSums'), models, output, input)
    for (let model = 0; model < models; model++)
      context.kernels.columnSums(place(to, model), place(from, model), from.rows, from.columns)
  },
})
