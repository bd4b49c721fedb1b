import source from '../../../../shaders/sampleLatent.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkSampleLatent, type SampleLatentOperations } from '../../operations/sampleLatent.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

export const sampleLatentShader = new Shader('sampleLatent', source, {
  ...u32('models', 'rows', 'columns'),
  ...read('encoded', 'noise'),
  ...written('latent', 'rates'),
})

/** Examples of a workgroup. */
const rowsOfWorkgroup = 8

export const sampleLatent = (context: Context): SampleLatentOperations => ({
  sampleLatent(parameters) {
    const checked = checkSampleLatent(context.given('sampleLatent'), parameters)
    const { models, encoded, noise, latent, rates } = checked
    const { rows, columns } = latent
    context.run(sampleLatentShader, {
      fields: { models, rows, columns, encoded, noise, latent, rates },
      buffers: [latent.tensor, rates.tensor, encoded.tensor, noise.tensor],
      workgroups: Math.ceil((models * rows) / rowsOfWorkgroup),
      work: exponentialWork * models * rows * columns,
    })
  },
})
