import { checkColumnSums } from '../../operations/columnSums.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const columnSums = operation(
  checkColumnSums,
  ({ kernels }, { models, rows, columns, output, input }) =>
    eachModel(models, [output, input], (to, from) => kernels.columnSums(to, from, rows, columns)),
)
