import { checkLayerNorm, type LayerNormOperations } from '../../operations/layerNorm.ts'
import type { Context } from '../context.ts'

export const layerNorm = (context: Context): LayerNormOperations => ({
  layerNorm(output, input) {
    const checked = checkLayerNorm(context.given('layerNorm'), output, input)
    const { output: to, input: from, rows, columns } = checked
    context.kernels.layerNorm(to.address, from.address, rows, columns)
  },
})
