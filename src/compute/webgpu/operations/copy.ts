import source from '../../../../shaders/copy.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { type CopyOperations, checkCopy } from '../../operations/copy.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const copyShader = new Shader('copy', source, {
  ...u32('models', 'count'),
  ...written('output'),
  ...read('input'),
})

export const copy = (context: Context): CopyOperations => ({
  copy(models, output, input) {
    const { output: to, input: from } = checkCopy(context.given('copy'), models, output, input)
    const count = from.rows * from.columns
    context.run(copyShader, {
      fields: { models, count, output: to, input: from },
      buffers: [to.tensor, from.tensor],
      invocations: models * count,
      work: models * count,
    })
  },
})
