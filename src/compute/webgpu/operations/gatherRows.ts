import source from '../../../../shaders/gatherRows.wgsl?raw'
import { f32, read, u32, written } from '../../layout.ts'
import { checkGatherRows } from '../../operations/gatherRows.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('gatherRows', source, {
  ...u32('models', 'rows', 'columns', 'words', 'context'),
  ...f32('scale'),
  ...written('output'),
  ...read('table', 'indices', 'positions'),
})

export const gatherRows = operation(checkGatherRows, (context, checked) => {
  const { models, rows, columns, words, output, table, indices, scale, positions } = checked
  context.run(shader, {
    fields: {
      models,
      rows,
      columns,
      words,
      context: positions?.rows ?? 0,
      scale,
      output,
      table,
      // what is absent is not read, but something has to be bound in its place
      indices,
      positions: positions ?? table,
    },
    buffers: [output, table, indices, positions ?? table],
    invocations: models * rows * columns,
    work: 4 * models * rows * columns,
  })
})
