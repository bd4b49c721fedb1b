import { checkScatterAddRows } from '../../operations/scatterAddRows.ts'
import { operation } from '../context.ts'
import { line, place } from '../tensor.ts'

export const scatterAddRows = operation(checkScatterAddRows, (context, checked) => {
  const { models, rows, columns, words, output, input, indices, scale } = checked
  context.share('scatterAddRows', {
    ...{ models, items: columns, unit: line, cost: rows },
    call: (model, first, part) => [
      ...([place(output, model), place(input, model), place(indices, model), scale] as const),
      ...([rows, words, columns, first, part] as const),
    ],
  })
})
