import { checkMarkFinite } from '../../operations/markFinite.ts'
import { operation } from '../context.ts'
import { eachModel, elementBytes } from '../tensor.ts'

export const markFinite = operation(checkMarkFinite, ({ kernels }, { models, count, alive, values }) =>
  eachModel(models, [values], (from, model) =>
    kernels.markFinite(alive.address + elementBytes * model, from, count),
  ),
)
