import source from '../../../../shaders/sampleLatent.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkSampleLatent } from '../../operations/sampleLatent.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

const shader = new Shader('sampleLatent', source, {
  ...u32('models', 'rows', 'columns'),
  ...read('encoded', 'noise'),
  ...written('latent', 'rates'),
})

/** Examples of a workgroup. */
const rowsOfWorkgroup = 8

export const sampleLatent = operation(checkSampleLatent, (context, checked) => {
  const { models, rows, columns, encoded, noise, latent, rates } = checked
  context.run(shader, {
    fields: checked,
    buffers: [latent, rates, encoded, noise],
    workgroups: Math.ceil((models * rows) / rowsOfWorkgroup),
    work: exponentialWork * models * rows * columns,
  })
})
