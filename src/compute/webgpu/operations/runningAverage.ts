import source from '../../../../shaders/runningAverage.wgsl?raw'
import { checkRunningAverage, type RunningAverageOperations } from '../../operations/runningAverage.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const runningAverageShader = new Shader('runningAverage', source, {
  models: 'u32',
  count: 'u32',
  kept: 'f32',
})

export const runningAverage = (context: Context): RunningAverageOperations => ({
  runningAverage(given) {
    const checked = checkRunningAverage(context.given('runningAverage'), given)
    const { models, count, kept, average, parameters, alive } = checked
    context.run(runningAverageShader, {
      fields: { models, count, kept },
      buffers: [average, parameters, alive],
      invocations: models * count,
      work: 2 * models * count,
    })
  },
})
