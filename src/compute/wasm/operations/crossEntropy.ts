import { type CrossEntropyOperations, checkCrossEntropy } from '../../operations/crossEntropy.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const crossEntropy = (context: Context): CrossEntropyOperations => ({
  crossEntropy(parameters) {
    const checked = checkCrossEntropy(context.given('crossEntropy'), parameters)
    const { models, logits, labels, losses, gradient } = checked
    for (let model = 0; model < models; model++) {
      const [sums, from, targets] = [losses, logits, labels].map((each) => place(each, model))
      const slopes = gradient ? place(gradient, model) : 0
      context.kernels.crossEntropy(sums, slopes, from, targets, logits.rows, logits.columns)
    }
  },
})
