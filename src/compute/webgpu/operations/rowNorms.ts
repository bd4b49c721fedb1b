import source from '../../../../shaders/rowNorms.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkRowNorms, type RowNormsOperations } from '../../operations/rowNorms.ts'
import type { Context } from '../context.ts'
import { readFields, readPlace, Shader, writtenFields, writtenPlace } from '../shader.ts'

export const rowNormsShader = new Shader('rowNorms', source, {
  ...u32('models', 'rows', 'columns'),
  ...writtenFields('output'),
  ...readFields('values'),
})

export const rowNorms = (context: Context): RowNormsOperations => ({
  rowNorms(models, output, input) {
    const { output: to, input: from } = checkRowNorms(context.given('rowNorms'), models, output, input)
    const { rows, columns } = from
    context.run(rowNormsShader, {
      fields: { models, rows, columns, ...writtenPlace('output', to), ...readPlace('values', from) },
      buffers: [to.tensor, from.tensor],
      invocations: models * rows,
      work: 4 * models * rows * columns,
    })
  },
})
