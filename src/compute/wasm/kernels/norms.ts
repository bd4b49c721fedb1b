import { upperHalf } from './vector'

/** Σ x² of `count` float32, in float64, where no square overflows. */
function sumOfSquares(values: usize, count: i32): f64 {
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

/** output [rows] = Euclidean norms of the rows of input [rows, columns]. One model. */
export function rowNorms(output: usize, input: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    store<f32>(output, <f32>sqrt<f64>(sumOfSquares(input, columns)))
    output += 4
    input += <usize>columns << 2
  }
}

/**
 * The norm of `count` values, which are scaled to have the norm `limit` where theirs is larger and finite in float32.
 * One model.
 */
export function clipNorm(values: usize, count: i32, limit: f32): f32 {
  const exact = sqrt<f64>(sumOfSquares(values, count))
  const norm = <f32>exact
  if (!(norm > limit && norm < Infinity)) return norm
  const factor = <f32>(<f64>limit / exact)
  const factors = f32x4.splat(factor)
  const bytes = <usize>count << 2
  const vectorBytes = bytes & ~15
  for (let at: usize = 0; at < vectorBytes; at += 16)
    v128.store(values + at, f32x4.mul(v128.load(values + at), factors))
  for (let at = vectorBytes; at < bytes; at += 4) store<f32>(values + at, load<f32>(values + at) * factor)
  return norm
}
