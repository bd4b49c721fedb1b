/** The softmax of one row of logits, whose exponentials are taken of differences to the largest. */
import { exponential } from './exponential'
import { firstLanes, horizontalSum, loadFirst } from './vector'

/** NaN where any is. */
// @ts-ignore: decorator
@inline
export function largestLogit(logits: usize, classes: i32): f32 {
  let largest: f32 = -Infinity
  for (let i = 0; i < classes; i++) largest = max<f32>(largest, load<f32>(logits + (<usize>i << 2)))
  return largest
}

/** exp(logit − largest) of the four classes from `first` on, 0 past the last class. */
// @ts-ignore: decorator
@inline
export function weightsOf(logits: usize, first: i32, classes: i32, largest: f32): v128 {
  const count = classes - first
  const shifted = f32x4.sub(loadFirst(logits + (<usize>first << 2), count), f32x4.splat(largest))
  return firstLanes(exponential(shifted), f32x4.splat(0), count)
}

export function sumOfWeights(logits: usize, classes: i32, largest: f32): f32 {
  let sum = f32x4.splat(0)
  for (let i = 0; i < classes; i += 4) sum = f32x4.add(sum, weightsOf(logits, i, classes, largest))
  return horizontalSum(sum)
}
