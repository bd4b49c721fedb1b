import { upperHalf } from './vector'

/** Σ x² of `count` float32, in float64, where no square overflows. */
export function sumOfSquares(values: usize, count: i32): f64 {
  const bytes = <usize>count << 2
  const vectorBytes = bytes & ~15
  let lowSums = f64x2.splat(0)
  let highSums = lowSums
  for (let at: usize = 0; at < vectorBytes; at += 16) {
    const x = v128.load(values + at)
    const low = f64x2.promote_low_f32x4(x)
    const high = f64x2.promote_low_f32x4(upperHalf(x))
    lowSums = f64x2.add(lowSums, f64x2.mul(low, low))
    highSums = f64x2.add(highSums, f64x2.mul(high, high))
  }
  const sums = f64x2.add(lowSums, highSums)
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  for (let at = vectorBytes; at < bytes; at += 4) {
    const x = <f64>load<f32>(values + at)
    sum += x * x
  }
  return sum
}
