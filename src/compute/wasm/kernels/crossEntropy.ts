/**
 * losses [rows]: −log softmax of the label's logit, in nats; and unless its address is 0 the gradient [rows, classes]
 * of their mean. One model.
 */
import { logarithm } from './logarithm'
import { largestLogit, sumOfWeights, weightsOf } from './softmax'
import { storeFirst } from './vector'

export function crossEntropy(
  losses: usize, gradient: usize, logits: usize, labels: usize, rows: i32, classes: i32,
): void {
  const bytes = <usize>classes << 2
  const share: f32 = 1 / <f32>rows
  for (let row = 0; row < rows; row++) {
    const label = <usize>min<u32>(load<u32>(labels), classes - 1) << 2
    const largest = largestLogit(logits, classes)
    const sum = sumOfWeights(logits, classes, largest)
    const logSum = f32x4.extract_lane(logarithm(f32x4.splat(sum)), 0)
    // the logarithm of NaN is not NaN, but then this difference is
    store<f32>(losses, logSum + (largest - load<f32>(logits + label)))
    if (gradient) {
      const factor = f32x4.splat(share / sum)
      for (let i = 0; i < classes; i += 4) {
        const weights = weightsOf(logits, i, classes, largest)
        storeFirst(gradient + (<usize>i << 2), f32x4.mul(weights, factor), classes - i)
      }
      store<f32>(gradient + label, load<f32>(gradient + label) - share)
      gradient += bytes
    }
    logits += bytes
    labels += 4
    losses += 4
  }
}
