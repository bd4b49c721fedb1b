import { checkRowNorms } from '../../operations/rowNorms.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const rowNorms = operation(checkRowNorms, ({ kernels }, { models, rows, columns, output, input }) =>
  eachModel(models, [output, input], (to, from) => kernels.rowNorms(to, from, rows, columns)),
)
