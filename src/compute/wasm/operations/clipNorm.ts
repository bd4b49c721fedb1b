import { type ClipNormOperations, checkClipNorm } from '../../operations/clipNorm.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const clipNorm = (context: Context): ClipNormOperations => ({
  clipNorm(models, values, norms, limit) {
    const checked = checkClipNorm(context.given('clipNorm'), models, values, norms, limit)
    const { rows, columns } = checked.values
    const measured = context.memory.float32(checked.norms.address, models)
    for (let model = 0; model < models; model++)
      measured[model] = context.kernels.clipNorm(place(checked.values, model), rows * columns, limit)
  },
})
