import source from '../../../../shaders/runningAverage.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import { checkRunningAverage, type RunningAverageOperations } from '../../operations/runningAverage.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const runningAverageShader = new Shader('runningAverage', source, {
  ...u32('models', 'count'),
  ...f32('kept'),
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
