import { checkGeluGradient, type GeluGradientOperations } from '../../operations/geluGradient.ts'
import type { Context } from '../context.ts'

export const geluGradient = (context: Context): GeluGradientOperations => ({
  geluGradient(output, input, gradient) {
    const checked = checkGeluGradient(context.given('geluGradient'), output, input, gradient)
    const { output: to, input: from, gradient: slopes } = checked
    context.kernels.geluGradient(to.address, from.address, slopes.address, from.length)
  },
})
