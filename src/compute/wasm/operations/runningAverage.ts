import { checkRunningAverage } from '../../operations/runningAverage.ts'
import { operation } from '../context.ts'
import { elementBytes } from '../tensor.ts'

export const runningAverage = operation(checkRunningAverage, ({ kernels, memory }, checked) => {
  const { models, count, alive, kept, average, parameters } = checked
  const marks = memory.float32(alive.address, models)
  for (let model = 0; model < models; model++) {
    if (marks[model] === 0) continue
    const start = elementBytes * count * model
    kernels.runningAverage(average.address + start, parameters.address + start, count, kept)
  }
})
