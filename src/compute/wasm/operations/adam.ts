import { type AdamOperations, checkAdam } from '../../operations/adam.ts'
import type { Context } from '../context.ts'
import { elementBytes } from '../tensor.ts'

export const adam = (context: Context): AdamOperations => ({
  adam(given) {
    const checked = checkAdam(context.given('adam'), given)
    const { models, count, alive, rate, rootFactor, parameters, gradients, firstMoments, secondMoments } =
      checked
    const marks = context.memory.float32(alive.address, models)
    for (let model = 0; model < models; model++) {
      if (marks[model] === 0) continue
      const start = elementBytes * count * model
      context.kernels.adam(
        ...[parameters.address + start, gradients.address + start],
        ...[firstMoments.address + start, secondMoments.address + start, count, rate, rootFactor],
      )
    }
  },
})
