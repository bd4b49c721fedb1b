import { checkCausalAttention } from '../../operations/causalAttention.ts'
import { operation } from '../context.ts'
import { placeAt } from '../tensor.ts'

export const causalAttention = operation(checkCausalAttention, (context, checked) => {
  const { models, sequences, context: length, heads, width, projected, probabilities, output } = checked
  context.share('causalAttention', {
    ...{ models, items: sequences, cost: 0.1 * heads * length ** 2 * width },
    scratch: context.kernels.causalAttentionScratch(length, width) >>> 0,
    call: (model, sequence, part, scratch) => {
      const first = sequence * length * heads * width
      return [
        placeAt(probabilities, model, sequence * heads * length ** 2),
        ...([placeAt(output, model, first), placeAt(projected, model, 3 * first)] as const),
        ...([part, length, heads, width, scratch] as const),
      ]
    },
  })
})
