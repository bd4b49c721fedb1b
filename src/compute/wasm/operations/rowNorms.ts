import { checkRowNorms, type RowNormsOperations } from '../../operations/rowNorms.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const rowNorms = (context: Context): RowNormsOperations => ({
  rowNorms(models, output, input) {
    const { output: to, input: from } = checkRowNorms(context.given('rowNorms'), models, output, input)
    for (let model = 0; model < models; model++)
      context.kernels.rowNorms(place(to, model), place(from, model), from.rows, from.columns)
  },
})
