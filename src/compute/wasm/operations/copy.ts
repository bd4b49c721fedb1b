import { checkCopy } from '../../operations/copy.ts'
import { operation } from '../context.ts'
import { line, placeAt } from '../tensor.ts'

export const copy = operation(checkCopy, (context, { models, rows, columns, output, input }) =>
  context.share('copy', {
    ...{ models, items: rows * columns, unit: line, cost: 0.2 },
    call: (model, first, part) => [placeAt(output, model, first), placeAt(input, model, first), part],
  }),
)
