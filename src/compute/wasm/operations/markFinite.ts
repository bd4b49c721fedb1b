import { checkMarkFinite, type MarkFiniteOperations } from '../../operations/markFinite.ts'
import type { Context } from '../context.ts'
import { elementBytes, place } from '../tensor.ts'

export const markFinite = (context: Context): MarkFiniteOperations => ({
  markFinite(models, alive, values) {
    const checked = checkMarkFinite(context.given('markFinite'), models, alive, values)
    const { rows, columns } = checked.values
    const { address } = checked.alive
    for (let model = 0; model < models; model++)
      context.kernels.markFinite(address + elementBytes * model, place(checked.values, model), rows * columns)
  },
})
