import { checkCausalAttention } from '../../operations/causalAttention.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const causalAttention = operation(checkCausalAttention, ({ kernels, memory }, checked) => {
  const { models, sequences, context, heads, width, projected, probabilities, output } = checked
  memory.withScratch(kernels.causalAttentionScratch(context, width) >>> 0, (scratch) =>
    eachModel(models, [probabilities, output, projected], (shares, to, from) =>
      kernels.causalAttention(shares, to, from, sequences, context, heads, width, scratch),
    ),
  )
})
