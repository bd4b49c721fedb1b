import { checkCountErrors } from '../../operations/countErrors.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const countErrors = operation(checkCountErrors, ({ kernels, memory }, checked) => {
  const { models, rows, classes, errors, scores, labels } = checked
  const counts = memory.float32(errors.address, models)
  eachModel(models, [scores, labels], (from, targets, model) => {
    counts[model] += kernels.countErrors(from, targets, rows, classes)
  })
})
