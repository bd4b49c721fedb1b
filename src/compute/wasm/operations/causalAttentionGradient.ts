import {
  type CausalAttentionGradientOperations,
  checkCausalAttentionGradient,
} from '../../operations/causalAttentionGradient.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const causalAttentionGradient = (context: Context): CausalAttentionGradientOperations => ({
  /** `scoreGradients` stays as it is: one head's at a time lie in the cache. */
  causalAttentionGradient(parameters) {
    const { kernels, memory } = context
    const checked = checkCausalAttentionGradient(context.given('causalAttentionGradient'), parameters)
    const { models, sequences, context: words, heads, width, projectedGradient, projected } = checked
    memory.withScratch(kernels.causalAttentionGradientScratch(words, width) >>> 0, (scratch) => {
      for (let model = 0; model < models; model++)
        kernels.causalAttentionGradient(
          ...[place(projectedGradient, model), place(projected, model), place(checked.probabilities, model)],
          ...[place(checked.outputGradient, model), sequences, words, heads, width, scratch],
        )
    })
  },
})
