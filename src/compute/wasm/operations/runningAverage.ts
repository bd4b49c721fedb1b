import { checkRunningAverage } from '../../operations/runningAverage.ts'
import { operation } from '../context.ts'
import { at, line, marked } from '../tensor.ts'

export const runningAverage = operation(checkRunningAverage, (context, checked) => {
  const { models, count, alive, kept, average, parameters } = checked
  const living = marked(context.memory, alive, models)
  context.share('runningAverage', {
    ...{ models: living.length, items: count, unit: line, cost: 0.5 },
    call: (index, begin, part) => {
      const first = count * living[index] + begin
      return [at(average, first), at(parameters, first), part, kept]
    },
  })
})
