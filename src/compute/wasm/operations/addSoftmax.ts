import { type AddSoftmaxOperations, checkAddSoftmax } from '../../operations/addSoftmax.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const addSoftmax = (context: Context): AddSoftmaxOperations => ({
  addSoftmax(models, probabilities, logits) {
    const checked = checkAddSoftmax(context.given('addSoftmax'), models, probabilities, logits)
    const { probabilities: to, logits: from } = checked
    for (let model = 0; model < models; model++)
      context.kernels.addSoftmax(place(to, model), place(from, model), from.rows, from.columns)
  },
})
