import source from '../../../../shaders/sampleLatentGradient.wgsl?raw'
import { u32 } from '../../layout.ts'
import {
  checkSampleLatentGradient,
  type SampleLatentGradientOperations,
} from '../../operations/sampleLatentGradient.ts'
import type { Context } from '../context.ts'
import { readFields, readPlace, Shader, writtenFields, writtenPlace } from '../shader.ts'
import { exponentialWork } from '../work.ts'

export const sampleLatentGradientShader = new Shader('sampleLatentGradient', source, {
  ...u32('models', 'rows', 'columns'),
  ...readFields('encoded'),
  ...readFields('noise'),
  ...readFields('gradient'),
  ...writtenFields('output'),
})

export const sampleLatentGradient = (context: Context): SampleLatentGradientOperations => ({
  sampleLatentGradient(parameters) {
    const checked = checkSampleLatentGradient(context.given('sampleLatentGradient'), parameters)
    const { models, encoded, noise, latentGradient, betas, output } = checked
    const { rows, columns } = latentGradient
    const invocations = models * rows * columns
    context.run(sampleLatentGradientShader, {
      fields: {
        ...{ models, rows, columns, ...readPlace('encoded', encoded), ...readPlace('noise', noise) },
        ...{ ...readPlace('gradient', latentGradient), ...writtenPlace('output', output) },
      },
      buffers: [output.tensor, encoded.tensor, noise.tensor, latentGradient.tensor, betas],
      invocations,
      work: exponentialWork * invocations,
    })
  },
})
