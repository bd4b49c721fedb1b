import { checkScatterAddRows } from '../../operations/scatterAddRows.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const scatterAddRows = operation(checkScatterAddRows, ({ kernels }, checked) => {
  const { models, rows, columns, words, output, input, indices, scale } = checked
  eachModel(models, [output, input, indices], (to, from, chosen) =>
    kernels.scatterAddRows(to, from, chosen, scale, rows, words, columns),
  )
})
