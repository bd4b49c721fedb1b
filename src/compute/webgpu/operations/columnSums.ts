import source from '../../../../shaders/columnSums.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { type ColumnSumsOperations, checkColumnSums } from '../../operations/columnSums.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const columnSumsShader = new Shader('columnSums', source, {
  ...u32('models', 'rows', 'columns'),
  ...written('output'),
  ...read('input'),
})

export const columnSums = (context: Context): ColumnSumsOperations => ({
  columnSums(models, output, input) {
    const checked = checkColumnSums(context.given('columnSums'), models, output, input)
    const { output: to, input: from } = checked
    const { rows, columns } = from
    context.run(columnSumsShader, {
      fields: { models, rows, columns, output: to, input: from },
      buffers: [to.tensor, from.tensor],
      invocations: models * columns,
      work: models * rows * columns,
    })
  },
})
