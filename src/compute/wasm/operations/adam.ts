import { checkAdam } from '../../operations/adam.ts'
import { operation } from '../context.ts'
import { at, line, marked } from '../tensor.ts'

export const adam = operation(checkAdam, (context, checked) => {
  const { models, count, alive, parameters, gradients, firstMoments, secondMoments } = checked
  const { decay1, share1, rate, rootFactor } = checked
  const living = marked(context.memory, alive, models)
  context.share('adam', {
    ...{ models: living.length, items: count, unit: line, cost: 1 },
    call: (index, begin, part) => {
      const first = count * living[index] + begin
      return [
        ...([at(parameters, first), at(gradients, first)] as const),
        ...([at(firstMoments, first), at(secondMoments, first), part] as const),
        ...([decay1, share1, rate, rootFactor] as const),
      ]
    },
  })
})
