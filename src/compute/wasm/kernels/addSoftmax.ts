/** probabilities += softmax of logits, both [rows, classes]. One model. */
import { largestLogit, sumOfWeights, weightsOf } from './softmax'
import { loadFirst, multiplyAdd, storeFirst } from './vector'

export function addSoftmax(probabilities: usize, logits: usize, rows: i32, classes: i32): void {
  const bytes = <usize>classes << 2
  for (let row = 0; row < rows; row++) {
    const largest = largestLogit(logits, classes)
    const factor = f32x4.splat(1 / sumOfWeights(logits, classes, largest))
    for (let i = 0; i < classes; i += 4) {
      const target = probabilities + (<usize>i << 2)
      const before = loadFirst(target, classes - i)
      storeFirst(target, multiplyAdd(weightsOf(logits, i, classes, largest), factor, before), classes - i)
    }
    probabilities += bytes
    logits += bytes
  }
}
