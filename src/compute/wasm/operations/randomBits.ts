import { checkRandomBits } from '../../operations/randomBits.ts'
import { operation } from '../context.ts'
import { at } from '../tensor.ts'

export const randomBits = operation(checkRandomBits, (context, checked) => {
  const { output, rows, columns, firstRow, stream, batch, seed } = checked
  context.share('randomBits', {
    ...{ items: rows, cost: columns },
    call: (_, row, part) => [
      ...([at(output, row * columns), part, columns, firstRow + row, stream, batch, seed] as const),
    ],
  })
})
