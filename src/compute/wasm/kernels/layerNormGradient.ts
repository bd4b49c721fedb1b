import { EPSILON } from './layerNorm'
import { upperHalf } from './vector'

/**
 * The gradient through `layerNorm`, row by row of [rows, columns]: (g − mean g − y · mean(g · y)) / σ with y the
 * normalised input and σ² = its variance + ε; output may be the gradient. Sums are float64, as in `layerNorm`.
 */
export function layerNormGradient(
  output: usize, input: usize, gradient: usize, rows: i32, columns: i32,
): void {
  const bytes = <usize>columns << 2
  const vectorBytes = bytes & ~15
  const share = 1 / <f64>columns
  for (let row = 0; row < rows; row++) {
    let sums = f64x2.splat(0)
    let slopes = sums
    for (let at: usize = 0; at < vectorBytes; at += 16) {
      const x = v128.load(input + at)
      const g = v128.load(gradient + at)
      sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(upperHalf(x))))
      slopes = f64x2.add(slopes, f64x2.add(f64x2.promote_low_f32x4(g), f64x2.promote_low_f32x4(upperHalf(g))))
    }
    let sum = bothLanes(sums)
    let slope = bothLanes(slopes)
    for (let at = vectorBytes; at < bytes; at += 4) {
      sum += <f64>load<f32>(input + at)
      slope += <f64>load<f32>(gradient + at)
    }
    const mean = sum * share

    const means = f64x2.splat(mean)
    let squares = f64x2.splat(0)
    let products = squares
    for (let at: usize = 0; at < vectorBytes; at += 16) {
      const x = v128.load(input + at)
      const g = v128.load(gradient + at)
      const low = f64x2.sub(f64x2.promote_low_f32x4(x), means)
      const high = f64x2.sub(f64x2.promote_low_f32x4(upperHalf(x)), means)
      squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)))
      const lowProduct = f64x2.mul(low, f64x2.promote_low_f32x4(g))
      const highProduct = f64x2.mul(high, f64x2.promote_low_f32x4(upperHalf(g)))
      products = f64x2.add(products, f64x2.add(lowProduct, highProduct))
    }
    let square = bothLanes(squares)
    let product = bothLanes(products)
    for (let at = vectorBytes; at < bytes; at += 4) {
      const difference = <f64>load<f32>(input + at) - mean
      square += difference * difference
      product += difference * <f64>load<f32>(gradient + at)
    }

    const factor = 1 / sqrt<f64>(square * share + EPSILON)
    const factors = f32x4.splat(<f32>factor)
    const shift = <f32>(slope * share)
    const shifts = f32x4.splat(shift)
    // mean (g · y)
    const pull = <f32>(product * share * factor)
    const pulls = f32x4.splat(pull)
    const upper = <f32>mean
    const lower = <f32>(mean - <f64>upper)
    const uppers = f32x4.splat(upper)
    const lowers = f32x4.splat(lower)
    for (let at: usize = 0; at < vectorBytes; at += 16) {
      const centred = f32x4.sub(f32x4.sub(v128.load(input + at), uppers), lowers)
      const along = f32x4.mul(f32x4.mul(centred, factors), pulls)
      const rest = f32x4.sub(f32x4.sub(v128.load(gradient + at), shifts), along)
      v128.store(output + at, f32x4.mul(rest, factors))
    }
    for (let at = vectorBytes; at < bytes; at += 4) {
      const along = (load<f32>(input + at) - upper - lower) * <f32>factor * pull
      store<f32>(output + at, (load<f32>(gradient + at) - shift - along) * <f32>factor)
    }
    input += bytes
    output += bytes
    gradient += bytes
  }
}

// @ts-ignore: decorator
@inline
function bothLanes(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1)
}
