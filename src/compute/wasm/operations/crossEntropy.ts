import { checkCrossEntropy } from '../../operations/crossEntropy.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const crossEntropy = operation(checkCrossEntropy, ({ kernels }, checked) => {
  const { models, rows, classes, losses, gradient, logits, labels } = checked
  eachModel(models, [losses, gradient, logits, labels], (to, slopes, from, targets) =>
    kernels.crossEntropy(to, slopes, from, targets, rows, classes),
  )
})
