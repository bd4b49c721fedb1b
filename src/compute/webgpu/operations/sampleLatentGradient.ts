import source from '../../../../shaders/sampleLatentGradient.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import {
  checkSampleLatentGradient,
  type SampleLatentGradientOperations,
} from '../../operations/sampleLatentGradient.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

export const sampleLatentGradientShader = new Shader('sampleLatentGradient', source, {
  ...u32('models', 'rows', 'columns'),
  ...read('encoded', 'noise', 'gradient'),
  ...written('output'),
})

export const sampleLatentGradient = (context: Context): SampleLatentGradientOperations => ({
  sampleLatentGradient(parameters) {
    const checked = checkSampleLatentGradient(context.given('sampleLatentGradient'), parameters)
    const { models, encoded, noise, latentGradient, betas, output } = checked
    const { rows, columns } = latentGradient
    const invocations = models * rows * columns
    context.run(sampleLatentGradientShader, {
      fields: { models, rows, columns, encoded, noise, gradient: latentGradient, output },
      buffers: [output.tensor, encoded.tensor, noise.tensor, latentGradient.tensor, betas],
      invocations,
      work: exponentialWork * invocations,
    })
  },
})
