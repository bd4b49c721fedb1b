import { checkGatherRows, type GatherRowsOperations } from '../../operations/gatherRows.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const gatherRows = (context: Context): GatherRowsOperations => ({
  gatherRows(parameters) {
    const checked = checkGatherRows(context.given('gatherRows'), parameters)
    const { models, output, table, indices, scale, positions } = checked
    for (let model = 0; model < models; model++)
      context.kernels.gatherRows(
        ...[place(output, model), place(table, model), place(indices, model)],
        ...[positions ? place(positions, model) : 0, scale, output.rows, table.rows, positions?.rows ?? 1],
        output.columns,
      )
  },
})
