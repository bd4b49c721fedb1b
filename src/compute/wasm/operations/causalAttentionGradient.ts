import { checkCausalAttentionGradient } from '../../operations/causalAttentionGradient.ts'
import { operation } from '../context.ts'
import { placeAt } from '../tensor.ts'

export const causalAttentionGradient = operation(checkCausalAttentionGradient, (context, checked) => {
  const { models, sequences, context: length, heads, width, projected, projectedGradient } = checked
  const { probabilities, outputGradient } = checked
  // `scoreGradients` stays as it is: one head's at a time lie in the cache
  context.share('causalAttentionGradient', {
    ...{ models, items: sequences, cost: 0.25 * heads * length ** 2 * width },
    scratch: context.kernels.causalAttentionGradientScratch(length, width) >>> 0,
    call: (model, sequence, part, scratch) => {
      const first = sequence * length * heads * width
      return [
        ...([placeAt(projectedGradient, model, 3 * first), placeAt(projected, model, 3 * first)] as const),
        placeAt(probabilities, model, sequence * heads * length ** 2),
        ...([placeAt(outputGradient, model, first), part, length, heads, width, scratch] as const),
      ]
    },
  })
})
