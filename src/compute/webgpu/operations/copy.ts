import source from '../../../../shaders/copy.wgsl?raw'
import { u32 } from '../../layout.ts'
import { type CopyOperations, checkCopy } from '../../operations/copy.ts'
import type { Context } from '../context.ts'
import { readFields, readPlace, Shader, writtenFields, writtenPlace } from '../shader.ts'

export const copyShader = new Shader('copy', source, {
  ...u32('models', 'count'),
  ...writtenFields('output'),
  ...readFields('input'),
})

export const copy = (context: Context): CopyOperations => ({
  copy(models, output, input) {
    const { output: to, input: from } = checkCopy(context.given('copy'), models, output, input)
    const count = from.rows * from.columns
    context.run(copyShader, {
      fields: { models, count, ...writtenPlace('output', to), ...readPlace('input', from) },
      buffers: [to.tensor, from.tensor],
      invocations: models * count,
      work: models * count,
    })
  },
})
