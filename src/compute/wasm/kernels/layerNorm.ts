import { upperHalf } from './vector'

/** Added to the variance. */
export const EPSILON: f64 = 1e-5

/**
 * Every row of [rows, columns] to mean 0 and variance 1; output may be the input. Mean and variance are summed
 * in float64 and the mean is taken off in two float32 parts, so that a row far from zero keeps its digits.
 */
export function layerNorm(output: usize, input: usize, rows: i32, columns: i32): void {
  const bytes = <usize>columns << 2
  const vectorBytes = bytes & ~15
  for (let row = 0; row < rows; row++) {
    let sums = f64x2.splat(0)
    for (let at: usize = 0; at < vectorBytes; at += 16) {
      const x = v128.load(input + at)
      sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(upperHalf(x))))
    }
    let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
    for (let at = vectorBytes; at < bytes; at += 4) sum += <f64>load<f32>(input + at)
    const mean = sum / <f64>columns

    const means = f64x2.splat(mean)
    let squares = f64x2.splat(0)
    for (let at: usize = 0; at < vectorBytes; at += 16) {
      const x = v128.load(input + at)
      const low = f64x2.sub(f64x2.promote_low_f32x4(x), means)
      const high = f64x2.sub(f64x2.promote_low_f32x4(upperHalf(x)), means)
      squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)))
    }
    let square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)
    for (let at = vectorBytes; at < bytes; at += 4) {
      const difference = <f64>load<f32>(input + at) - mean
      square += difference * difference
    }

    const factor = <f32>(1 / sqrt<f64>(square / <f64>columns + EPSILON))
    const upper = <f32>mean
    const lower = <f32>(mean - <f64>upper)
    const factors = f32x4.splat(factor)
    const uppers = f32x4.splat(upper)
    const lowers = f32x4.splat(lower)
    for (let at: usize = 0; at < vectorBytes; at += 16) {
      const centred = f32x4.sub(f32x4.sub(v128.load(input + at), uppers), lowers)
      v128.store(output + at, f32x4.mul(centred, factors))
    }
    for (let at = vectorBytes; at < bytes; at += 4)
      store<f32>(output + at, (load<f32>(input + at) - upper - lower) * factor)
    input += bytes
    output += bytes
  }
}
