import source from '../../../../shaders/rowNorms.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkRowNorms, type RowNormsOperations } from '../../operations/rowNorms.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const rowNormsShader = new Shader('rowNorms', source, {
  ...u32('models', 'rows', 'columns'),
  ...written('output'),
  ...read('values'),
})

export const rowNorms = (context: Context): RowNormsOperations => ({
  rowNorms(models, output, input) {
    const { output: to, input: from } = checkRowNorms(context.given('rowNorms'), models, output, input)
    const { rows, columns } = from
    context.run(rowNormsShader, {
      fields: { models, rows, columns, output: to, values: from },
      buffers: [to.tensor, from.tensor],
      invocations: models * rows,
      work: 4 * models * rows * columns,
    })
  },
})
