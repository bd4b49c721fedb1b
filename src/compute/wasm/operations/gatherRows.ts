import { checkGatherRows } from '../../operations/gatherRows.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const gatherRows = operation(checkGatherRows, ({ kernels }, checked) => {
  const { models, rows, columns, words, output, table, indices, scale, positions } = checked
  const context = positions?.rows ?? 1
  eachModel(models, [output, table, indices, positions], (to, from, chosen, added) =>
    kernels.gatherRows(to, from, chosen, added, scale, rows, words, context, columns),
  )
})
