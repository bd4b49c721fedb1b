import { checkWeightedSum } from '../../operations/weightedSum.ts'
import { operation } from '../context.ts'
import { at, line } from '../tensor.ts'

export const weightedSum = operation(checkWeightedSum, (context, checked) => {
  const { output, first, firstScale, second, secondScale } = checked
  context.share('weightedSum', {
    ...{ items: output.length, unit: line, cost: 0.3 },
    call: (_, from, part) => [
      at(output, from),
      at(first, from),
      firstScale,
      at(second, from),
      secondScale,
      part,
    ],
  })
})
