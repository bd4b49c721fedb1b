import { checkRowNorms } from '../../operations/rowNorms.ts'
import { operation } from '../context.ts'
import { placeAt } from '../tensor.ts'

export const rowNorms = operation(checkRowNorms, (context, { models, rows, columns, output, input }) =>
  context.share('rowNorms', {
    ...{ models, items: rows, unit: 16, cost: 0.5 * columns },
    call: (model, row, part) => [
      placeAt(output, model, row),
      placeAt(input, model, row * columns),
      part,
      columns,
    ],
  }),
)
