import source from '../../../../shaders/gatherRows.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import { checkGatherRows, type GatherRowsOperations } from '../../operations/gatherRows.ts'
import type { Context } from '../context.ts'
import { readFields, readPlace, Shader, writtenFields, writtenPlace } from '../shader.ts'

export const gatherRowsShader = new Shader('gatherRows', source, {
  ...u32('models', 'rows', 'columns', 'words', 'context'),
  ...f32('scale'),
  ...writtenFields('output'),
  ...readFields('table'),
  ...readFields('indices'),
  ...readFields('positions'),
})

export const gatherRows = (context: Context): GatherRowsOperations => ({
  gatherRows(parameters) {
    const checked = checkGatherRows(context.given('gatherRows'), parameters)
    const { models, output, table, indices, scale, positions } = checked
    const { rows, columns } = output
    context.run(gatherRowsShader, {
      fields: {
        ...{ models, rows, columns, words: table.rows, context: positions?.rows ?? 0, scale },
        ...{ ...writtenPlace('output', output), ...readPlace('table', table) },
        // what is absent is not read, but something has to be bound in its place
        ...{ ...readPlace('indices', indices), ...readPlace('positions', positions ?? table) },
      },
      buffers: [output, table, indices, positions ?? table].map(({ tensor }) => tensor),
      invocations: models * rows * columns,
      work: 4 * models * rows * columns,
    })
  },
})
