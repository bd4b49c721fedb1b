import source from '../../../../shaders/copy.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkCopy } from '../../operations/copy.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('copy', source, {
  ...u32('models', 'count'),
  ...written('output'),
  ...read('input'),
})

export const copy = operation(checkCopy, (context, checked) => {
  const { models, output, input } = checked
  const count = checked.rows * checked.columns
  context.run(shader, {
    fields: { models, count, output, input },
    buffers: [output, input],
    invocations: models * count,
    work: models * count,
  })
})
