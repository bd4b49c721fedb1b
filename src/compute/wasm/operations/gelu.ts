import { checkGelu } from '../../operations/gelu.ts'
import { operation } from '../context.ts'
import { at, line } from '../tensor.ts'

export const gelu = operation(checkGelu, (context, { count, output, input }) =>
  context.share('gelu', {
    ...{ items: count, unit: line, cost: 2 },
    call: (_, first, part) => [at(output, first), at(input, first), part],
  }),
)
