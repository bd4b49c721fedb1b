import source from '../../../../shaders/gatherRows.wgsl?raw'
import { f32, read, u32, written } from '../../layout.ts'
import { checkGatherRows, type GatherRowsOperations } from '../../operations/gatherRows.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const gatherRowsShader = new Shader('gatherRows', source, {
  ...u32('models', 'rows', 'columns', 'words', 'context'),
  ...f32('scale'),
  ...written('output'),
  ...read('table', 'indices', 'positions'),
})

export const gatherRows = (context: Context): GatherRowsOperations => ({
  gatherRows(parameters) {
    const checked = checkGatherRows(context.given('gatherRows'), parameters)
    const { models, output, table, indices, scale, positions } = checked
    const { rows, columns } = output
    context.run(gatherRowsShader, {
      fields: {
        models,
        rows,
        columns,
        words: table.rows,
        context: positions?.rows ?? 0,
        scale,
        output,
        table,
        // what is absent is not read, but something has to be bound in its place
        indices,
        positions: positions ?? table,
      },
      buffers: [output, table, indices, positions ?? table].map(({ tensor }) => tensor),
      invocations: models * rows * columns,
      work: 4 * models * rows * columns,
    })
  },
})
