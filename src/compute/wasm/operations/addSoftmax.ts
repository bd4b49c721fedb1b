import { checkAddSoftmax } from '../../operations/addSoftmax.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const addSoftmax = operation(checkAddSoftmax, ({ kernels }, checked) => {
  const { models, rows, classes, probabilities, logits } = checked
  eachModel(models, [probabilities, logits], (to, from) => kernels.addSoftmax(to, from, rows, classes))
})
