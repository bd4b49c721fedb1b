import { checkGatherRows } from '../../operations/gatherRows.ts'
import { operation } from '../context.ts'
import { place, placeAt } from '../tensor.ts'

export const gatherRows = operation(checkGatherRows, (context, checked) => {
  const { models, rows, columns, words, output, table, indices, scale, positions } = checked
  const sequence = positions?.rows ?? 1
  context.share('gatherRows', {
    // a part begins with a sequence
    ...{ models, items: rows, unit: sequence, cost: 0.5 * columns },
    call: (model, row, part) => [
      ...([
        placeAt(output, model, row * columns),
        place(table, model),
        placeAt(indices, model, row),
      ] as const),
      ...([positions ? place(positions, model) : 0, scale, part, words, sequence, columns] as const),
    ],
  })
})
