import source from '../../../../shaders/scatterAddRows.wgsl?raw'
import { f32, read, u32, written } from '../../layout.ts'
import { checkScatterAddRows, type ScatterAddRowsOperations } from '../../operations/scatterAddRows.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const scatterAddRowsShader = new Shader('scatterAddRows', source, {
  ...u32('models', 'rows', 'columns', 'words', 'shares'),
  ...f32('scale'),
  ...written('output'),
  ...read('input', 'indices'),
})

/** Among so many invocations a column's words are divided: more are faster on hardware, fewer on software adapters. */
const mostShares = 8

export const scatterAddRows = (context: Context): ScatterAddRowsOperations => ({
  scatterAddRows(parameters) {
    const checked = checkScatterAddRows(context.given('scatterAddRows'), parameters)
    const { models, output, input, indices, scale } = checked
    const { rows, columns } = input
    const shares = Math.min(mostShares, output.rows)
    context.run(scatterAddRowsShader, {
      fields: { models, rows, columns, words: output.rows, shares, scale, output, input, indices },
      buffers: [output.tensor, input.tensor, indices.tensor],
      invocations: models * shares * columns,
      work: 2 * models * shares * rows * columns,
    })
  },
})
