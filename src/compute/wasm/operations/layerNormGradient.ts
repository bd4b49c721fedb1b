import { checkLayerNormGradient } from '../../operations/layerNormGradient.ts'
import { operation } from '../context.ts'
import { at } from '../tensor.ts'

export const layerNormGradient = operation(checkLayerNormGradient, (context, checked) => {
  const { output, input, gradient, rows, columns } = checked
  context.share('layerNormGradient', {
    ...{ items: rows, cost: 2 * columns },
    call: (_, row, part) => {
      const first = row * columns
      return [at(output, first), at(input, first), at(gradient, first), part, columns]
    },
  })
})
