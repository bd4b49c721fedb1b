import { checkGelu, type GeluOperations } from '../../operations/gelu.ts'
import type { Context } from '../context.ts'

export const gelu = (context: Context): GeluOperations => ({
  gelu(output, input) {
    const { output: to, input: from } = checkGelu(context.given('gelu'), output, input)
    context.kernels.gelu(to.address, from.address, from.length)
  },
})
