import { checkLayerNorm } from '../../operations/layerNorm.ts'
import { operation } from '../context.ts'
import { at } from '../tensor.ts'

export const layerNorm = operation(checkLayerNorm, (context, { output, input, rows, columns }) =>
  context.share('layerNorm', {
    ...{ items: rows, cost: columns },
    call: (_, first, part) => [at(output, first * columns), at(input, first * columns), part, columns],
  }),
)
