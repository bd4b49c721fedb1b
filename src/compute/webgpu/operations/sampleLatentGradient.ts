import source from '../../../../shaders/sampleLatentGradient.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkSampleLatentGradient } from '../../operations/sampleLatentGradient.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

const shader = new Shader('sampleLatentGradient', source, {
  ...u32('models', 'rows', 'columns'),
  ...read('encoded', 'noise', 'gradient'),
  ...written('output'),
})

export const sampleLatentGradient = operation(checkSampleLatentGradient, (context, checked) => {
  const { models, rows, columns, encoded, noise, latentGradient, betas, output } = checked
  const invocations = models * rows * columns
  context.run(shader, {
    fields: { models, rows, columns, encoded, noise, gradient: latentGradient, output },
    buffers: [output, encoded, noise, latentGradient, betas],
    invocations,
    work: exponentialWork * invocations,
  })
})
