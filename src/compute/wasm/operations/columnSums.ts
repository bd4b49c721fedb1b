import { checkColumnSums } from '../../operations/columnSums.ts'
import { operation } from '../context.ts'
import { line, place } from '../tensor.ts'

export const columnSums = operation(checkColumnSums, (context, { models, rows, columns, output, input }) =>
  context.share('columnSums', {
    ...{ models, items: columns, unit: line, cost: 0.3 * rows },
    call: (model, first, part) => [place(output, model), place(input, model), rows, columns, first, part],
  }),
)
