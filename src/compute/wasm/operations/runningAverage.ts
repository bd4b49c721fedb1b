import { checkRunningAverage, type RunningAverageOperations } from '../../operations/runningAverage.ts'
import type { Context } from '../context.ts'
import { elementBytes } from '../tensor.ts'

export const runningAverage = (context: Context): RunningAverageOperations => ({
  runningAverage(given) {
    const checked = checkRunningAverage(context.given('runningAverage'), given)
    const { models, count, alive, kept, average, parameters } = checked
    const marks = context.memory.float32(alive.address, models)
    for (let model = 0; model < models; model++) {
      if (marks[model] === 0) continue
      const start = elementBytes * count * model
      context.kernels.runningAverage(average.address + start, parameters.address + start, count, kept)
    }
  },
})
