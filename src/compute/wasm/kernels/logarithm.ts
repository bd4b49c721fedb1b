import { multiplyAdd } from './vector'

/** The bits of √½ as float32. */
const HALF_ROOT: i32 = 0x3f3504f3

/**
 * ln x of four positive normal x, with a relative error below 2e-7. x = 2^n (1 + f) with √½ ≤ 1 + f < √2, and
 * ln(1 + f) = f − f² / 2 + f³ P(f), P fitted to the least largest relative error (6e-9 before rounding).
 */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(HALF_ROOT)), 23)
  const n = f32x4.convert_i32x4_s(exponent)
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), f32x4.splat(1))
  let series = multiplyAdd(f, f32x4.splat(-0.07634493), f32x4.splat(0.12761575))
  series = multiplyAdd(f, series, f32x4.splat(-0.13160183))
  series = multiplyAdd(f, series, f32x4.splat(0.14201759))
  series = multiplyAdd(f, series, f32x4.splat(-0.16623357))
  series = multiplyAdd(f, series, f32x4.splat(0.20001227))
  series = multiplyAdd(f, series, f32x4.splat(-0.2500082))
  series = multiplyAdd(f, series, f32x4.splat(0.3333333))
  const square = f32x4.mul(f, f)
  // ln 2 in two parts, the first short enough for n · part to be exact
  let rest = f32x4.mul(f32x4.mul(square, f), series)
  rest = multiplyAdd(n, f32x4.splat(-2.1219444e-4), rest)
  rest = multiplyAdd(square, f32x4.splat(-0.5), rest)
  return multiplyAdd(n, f32x4.splat(0.693359375), f32x4.add(f, rest))
}
