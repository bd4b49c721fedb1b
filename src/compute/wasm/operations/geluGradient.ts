import { checkGeluGradient } from '../../operations/geluGradient.ts'
import { operation } from '../context.ts'
import { at, line } from '../tensor.ts'

export const geluGradient = operation(checkGeluGradient, (context, { count, output, input, gradient }) =>
  context.share('geluGradient', {
    ...{ items: count, unit: line, cost: 3 },
    call: (_, first, part) => [at(output, first), at(input, first), at(gradient, first), part],
  }),
)
