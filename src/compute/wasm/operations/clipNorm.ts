import { checkClipNorm } from '../../operations/clipNorm.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const clipNorm = operation(
  checkClipNorm,
  ({ kernels, memory }, { models, count, values, norms, limit }) => {
    const measured = memory.float32(norms.address, models)
    eachModel(models, [values], (clipped, model) => {
      measured[model] = kernels.clipNorm(clipped, count, limit)
    })
  },
)
