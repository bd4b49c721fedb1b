import { multiplyAdd } from './vector'

/** Below this exp(x) is given as 0: the smallest normal float32 is exp(−87.3), and denormals are slow. */
const SMALLEST: f32 = -86

/**
 * exp(x) of four x below 87 with a relative error below 2e-7. x = n ln 2 + r with |r| ≤ ln 2 / 2, and
 * exp(r) = 1 + r + r² P(r), P fitted to the least largest relative error (3e-9 before rounding). NaN gives NaN.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  // adding 1.5 · 2^23 rounds to a whole number, which then stands in the lowest bits
  const rounder = f32x4.splat(12582912)
  // pmax keeps a NaN in its first argument and is one instruction, where max takes several
  const clamped = f32x4.pmax(x, f32x4.splat(SMALLEST))
  const shifted = multiplyAdd(clamped, f32x4.splat(1.44269504), rounder)
  const n = f32x4.sub(shifted, rounder)
  // ln 2 in two parts, the first short enough for n · part to be exact
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), clamped)
  r = multiplyAdd(n, f32x4.splat(2.1219444e-4), r)
  let series = multiplyAdd(r, f32x4.splat(1.381454e-3), f32x4.splat(8.368745e-3))
  series = multiplyAdd(r, series, f32x4.splat(4.166839e-2))
  series = multiplyAdd(r, series, f32x4.splat(0.16666521))
  series = multiplyAdd(r, series, f32x4.splat(0.49999994))
  const power = multiplyAdd(f32x4.mul(r, r), series, f32x4.add(r, f32x4.splat(1)))
  // times 2^n: n is added to the exponent's bits
  const scaled = i32x4.add(power, i32x4.shl(shifted, 23))
  return v128.andnot(scaled, f32x4.lt(x, f32x4.splat(SMALLEST)))
}

/**
 * exp(x) of four x that are rounded differences, about 0 or below, as in a softmax: two thirds of the work of
 * `exponential`, with a relative error below 3e-7 + |x| 2^-24, as much as the difference's own rounding makes. 2^t with
 * t = x / ln 2 = n + r, and 2^r = 1 + r P(r), P fitted to the least largest relative error (9e-8 before rounding). NaN
 * gives NaN.
 */
// @ts-ignore: decorator
@inline
export function exponentialOfDifference(x: v128): v128 {
  const rounder = f32x4.splat(12582912)
  // at −127 r is 0, and 1 · 2^-127, made of the bits of the exponent, is exactly 0
  const t = f32x4.pmax(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(-127))
  const shifted = f32x4.add(t, rounder)
  const r = f32x4.sub(t, f32x4.sub(shifted, rounder))
  let series = multiplyAdd(r, f32x4.splat(1.3264713e-3), f32x4.splat(9.6715232e-3))
  series = multiplyAdd(r, series, f32x4.splat(5.5507340e-2))
  series = multiplyAdd(r, series, f32x4.splat(0.24022242))
  series = multiplyAdd(r, series, f32x4.splat(0.693147))
  series = multiplyAdd(r, series, f32x4.splat(1))
  return i32x4.add(series, i32x4.shl(shifted, 23))
}
