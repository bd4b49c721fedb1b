import source from '../../../../shaders/rowNorms.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkRowNorms } from '../../operations/rowNorms.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('rowNorms', source, {
  ...u32('models', 'rows', 'columns'),
  ...written('output'),
  ...read('values'),
})

export const rowNorms = operation(checkRowNorms, (context, checked) => {
  const { models, rows, columns, output, input } = checked
  context.run(shader, {
    fields: { models, rows, columns, output, values: input },
    buffers: [output, input],
    invocations: models * rows,
    work: 4 * models * rows * columns,
  })
})
