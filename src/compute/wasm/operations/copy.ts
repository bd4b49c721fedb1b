import { checkCopy } from '../../operations/copy.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const copy = operation(checkCopy, ({ kernels }, { models, rows, columns, output, input }) =>
  eachModel(models, [output, input], (to, from) => kernels.copy(to, from, rows * columns)),
)
