/**
 * x · ½ (1 + tanh u) with u = √(2/π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016), and its slope. ½ (1 + tanh u) is
 * taken as s = 1 / (1 + exp(−2 u)), which keeps its digits where it is small.
 */
import { exponentialOfDifference } from './exponential'
import { loadFirst, multiplyAdd, storeFirst } from './vector'

/** 2 √(2/π) and that times 0.044715. */
const LINEAR: f32 = 1.5957691
const CUBIC: f32 = 0.07135481

/** s, from e = exp(−|2 u|), which overflows nowhere. */
// @ts-ignore: decorator
@inline
function shareOf(x: v128, decay: v128): v128 {
  const one = f32x4.splat(1)
  const above = f32x4.div(one, f32x4.add(one, decay))
  return v128.bitselect(f32x4.mul(above, decay), above, f32x4.lt(x, f32x4.splat(0)))
}

// @ts-ignore: decorator
@inline
function decayOf(x: v128): v128 {
  const size = f32x4.abs(x)
  const slope = multiplyAdd(f32x4.mul(size, size), f32x4.splat(CUBIC), f32x4.splat(LINEAR))
  return exponentialOfDifference(f32x4.neg(f32x4.mul(size, slope)))
}

// @ts-ignore: decorator
@inline
function valueOf(x: v128): v128 {
  return f32x4.mul(x, shareOf(x, decayOf(x)))
}

/** s + x · 2 u′ · s (1 − s) */
// @ts-ignore: decorator
@inline
function slopeOf(x: v128): v128 {
  const share = shareOf(x, decayOf(x))
  // beyond ±16 s (1 − s) is 0, but x · u′ may overflow; NaN passes both
  const near = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-16)), f32x4.splat(16))
  const slope = multiplyAdd(f32x4.mul(near, near), f32x4.splat(3 * CUBIC), f32x4.splat(LINEAR))
  return multiplyAdd(f32x4.mul(near, slope), f32x4.mul(share, f32x4.sub(f32x4.splat(1), share)), share)
}

export function gelu(output: usize, input: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(output, valueOf(v128.load(input)))
    input += 16
    output += 16
  }
  if (count) storeFirst(output, valueOf(loadFirst(input, count)), count)
}

/** output = gradient · slope; output may be the gradient. */
export function geluGradient(output: usize, input: usize, gradient: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(output, f32x4.mul(v128.load(gradient), slopeOf(v128.load(input))))
    input += 16
    output += 16
    gradient += 16
  }
  if (count) storeFirst(output, f32x4.mul(loadFirst(gradient, count), slopeOf(loadFirst(input, count))), count)
}
