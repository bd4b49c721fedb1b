import { type CountErrorsOperations, checkCountErrors } from '../../operations/countErrors.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const countErrors = (context: Context): CountErrorsOperations => ({
  countErrors(models, errors, scores, labels) {
    const checked = checkCountErrors(context.given('countErrors'), models, errors, scores, labels)
    const { scores: from, labels: targets } = checked
    const { rows, columns } = from
    const counts = context.memory.float32(checked.errors.address, models)
    for (let model = 0; model < models; model++)
      counts[model] += context.kernels.countErrors(place(from, model), place(targets, model), rows, columns)
  },
})
