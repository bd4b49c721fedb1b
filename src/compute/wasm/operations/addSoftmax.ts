import { checkAddSoftmax } from '../../operations/addSoftmax.ts'
import { operation } from '../context.ts'
import { placeAt } from '../tensor.ts'

export const addSoftmax = operation(checkAddSoftmax, (context, checked) => {
  const { models, rows, classes, probabilities, logits } = checked
  context.share('addSoftmax', {
    ...{ models, items: rows, cost: 10 + 3 * classes },
    call: (model, row, part) => {
      const first = row * classes
      return [placeAt(probabilities, model, first), placeAt(logits, model, first), part, classes]
    },
  })
})
