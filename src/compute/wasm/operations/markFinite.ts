import { checkMarkFinite } from '../../operations/markFinite.ts'
import { operation } from '../context.ts'
import { at, line, placeAt } from '../tensor.ts'

export const markFinite = operation(checkMarkFinite, (context, { models, count, alive, values }) =>
  context.share('markFinite', {
    ...{ models, items: count, unit: line, cost: 0.15 },
    call: (model, first, part) => [at(alive, model), placeAt(values, model, first), part],
  }),
)
