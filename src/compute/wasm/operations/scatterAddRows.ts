import { checkScatterAddRows, type ScatterAddRowsOperations } from '../../operations/scatterAddRows.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const scatterAddRows = (context: Context): ScatterAddRowsOperations => ({
  scatterAddRows(parameters) {
    const checked = checkScatterAddRows(context.given('scatterAddRows'), parameters)
    const { models, output, input, indices, scale } = checked
    for (let model = 0; model < models; model++) {
      const [to, from, chosen] = [output, input, indices].map((each) => place(each, model))
      context.kernels.scatterAddRows(to, from, chosen, scale, input.rows, output.rows, input.columns)
    }
  },
})
