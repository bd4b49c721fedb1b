import { checkAdam } from '../../operations/adam.ts'
import { operation } from '../context.ts'
import { elementBytes } from '../tensor.ts'

export const adam = operation(checkAdam, ({ kernels, memory }, checked) => {
  const { models, count, alive, parameters, gradients, firstMoments, secondMoments } = checked
  const { decay1, share1, rate, rootFactor } = checked
  const marks = memory.float32(alive.address, models)
  for (let model = 0; model < models; model++) {
    if (marks[model] === 0) continue
    const start = elementBytes * count * model
    kernels.adam(
      ...[parameters.address + start, gradients.address + start],
      ...[firstMoments.address + start, secondMoments.address + start, count],
      ...[decay1, share1, rate, rootFactor],
    )
  }
})
