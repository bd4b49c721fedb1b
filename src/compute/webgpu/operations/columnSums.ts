import source from '../../../../shaders/columnSums.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkColumnSums } from '../../operations/columnSums.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('columnSums', source, {
  ...u32('models', 'rows', 'columns'),
  ...written('output'),
  ...read('input'),
})

export const columnSums = operation(checkColumnSums, (context, checked) => {
  const { models, rows, columns, output, input } = checked
  context.run(shader, {
    fields: checked,
    buffers: [output, input],
    invocations: models * columns,
    work: models * rows * columns,
  })
})
