import source from '../../../../shaders/scatterAddRows.wgsl?raw'
import { f32, read, u32, written } from '../../layout.ts'
import { checkScatterAddRows } from '../../operations/scatterAddRows.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('scatterAddRows', source, {
  ...u32('models', 'rows', 'columns', 'words', 'shares'),
  ...f32('scale'),
  ...written('output'),
  ...read('input', 'indices'),
})

/** Among so many invocations a column's words are divided: more are faster on hardware, fewer on software adapters. */
const mostShares = 8

export const scatterAddRows = operation(checkScatterAddRows, (context, checked) => {
  const { models, rows, columns, words, output, input, indices, scale } = checked
  const shares = Math.min(mostShares, words)
  context.run(shader, {
    fields: { models, rows, columns, words, shares, scale, output, input, indices },
    buffers: [output, input, indices],
    invocations: models * shares * columns,
    work: 2 * models * shares * rows * columns,
  })
})
