import { type CausalAttentionOperations, checkCausalAttention } from '../../operations/causalAttention.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const causalAttention = (context: Context): CausalAttentionOperations => ({
  causalAttention(parameters) {
    const { kernels, memory } = context
    const checked = checkCausalAttention(context.given('causalAttention'), parameters)
    const { models, sequences, context: words, heads, width, projected, probabilities, output } = checked
    memory.withScratch(kernels.causalAttentionScratch(words, width) >>> 0, (scratch) => {
      for (let model = 0; model < models; model++) {
        const [shares, to, from] = [probabilities, output, projected].map((each) => place(each, model))
        kernels.causalAttention(shares, to, from, sequences, words, heads, width, scratch)
      }
    })
  },
})
