import { checkRandomNormal, checkRandomNormalRows } from '../../operations/randomNormal.ts'
import { operation } from '../context.ts'
import { at } from '../tensor.ts'

/** Nanoseconds of a number. */
const cost = 2

export const randomNormal = operation(checkRandomNormal, (context, checked) => {
  const { output, rows, columns, firstRow, stream, batch, seed } = checked
  context.share('randomNormal', {
    ...{ items: rows, cost: cost * columns },
    call: (_, row, part) => [
      ...([at(output, row * columns), part, columns, 0, firstRow + row, stream, batch, seed] as const),
    ],
  })
})

export const randomNormalRows = operation(checkRandomNormalRows, (context, checked) => {
  const { output, rows, columns, list, stream, batch, seed } = checked
  context.share('randomNormal', {
    ...{ items: rows, cost: cost * columns },
    call: (_, row, part) => [
      ...([at(output, row * columns), part, columns, at(list, row), 0, stream, batch, seed] as const),
    ],
  })
})
