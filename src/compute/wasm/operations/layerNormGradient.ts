import {
  checkLayerNormGradient,
  type LayerNormGradientOperations,
} from '../../operations/layerNormGradient.ts'
import type { Context } from '../context.ts'

export const layerNormGradient = (context: Context): LayerNormGradientOperations => ({
  layerNormGradient(output, input, gradient) {
    const checked = checkLayerNormGradient(context.given('layerNormGradient'), output, input, gradient)
    const { output: to, input: from, gradient: slopes, rows, columns } = checked
    context.kernels.layerNormGradient(to.address, from.address, slopes.address, rows, columns)
  },
})
