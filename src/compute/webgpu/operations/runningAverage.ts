import source from '../../../../shaders/runningAverage.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import { checkRunningAverage } from '../../operations/runningAverage.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('runningAverage', source, {
  ...u32('models', 'count'),
  ...f32('kept'),
})

export const runningAverage = operation(checkRunningAverage, (context, checked) => {
  const { models, count, average, parameters, alive } = checked
  context.run(shader, {
    fields: checked,
    buffers: [average, parameters, alive],
    invocations: models * count,
    work: 2 * models * count,
  })
})
