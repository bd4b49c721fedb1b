import { checkCausalAttentionGradient } from '../../operations/causalAttentionGradient.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const causalAttentionGradient = operation(
  checkCausalAttentionGradient,
  ({ kernels, memory }, checked) => {
    const { models, sequences, context, heads, width, projected, projectedGradient } = checked
    // `scoreGradients` stays as it is: one head's at a time lie in the cache
    const matrices = [projectedGradient, projected, checked.probabilities, checked.outputGradient] as const
    memory.withScratch(kernels.causalAttentionGradientScratch(context, width) >>> 0, (scratch) =>
      eachModel(models, matrices, (to, from, shares, slopes) =>
        kernels.causalAttentionGradient(to, from, shares, slopes, sequences, context, heads, width, scratch),
      ),
    )
  },
)
