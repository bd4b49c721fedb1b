/**
 * x · ½ (1 + tanh u) with u = √(2/π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016), and its slope. ½ (1 + tanh u) is
 * taken as s = 1 / (1 + exp(−2 u)), which keeps its digits where it is small.
 */
import { exponential } from './exponential'
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
  return exponential(f32x4.neg(f32x4.mul(size, slope)))
}

export function gelu(output: usize, input: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const x = loadFirst(input, count - i)
    storeFirst(output, f32x4.mul(x, shareOf(x, decayOf(x))), count - i)
    input += 16
    output += 16
  }
}

/** output = gradient · (s + x · 2 u′ · s (1 − s)); output may be the gradient. */
export function geluGradient(output: usize, input: usize, gradient: usize, count: i32): void {
  const one = f32x4.splat(1)
  for (let i = 0; i < count; i += 4) {
    const x = loadFirst(input, count - i)
    const decay = decayOf(x)
    const share = shareOf(x, decay)
    // beyond ±16 s (1 − s) is 0, but x · u′ may overflow; NaN passes both
    const near = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-16)), f32x4.splat(16))
    const slope = multiplyAdd(f32x4.mul(near, near), f32x4.splat(3 * CUBIC), f32x4.splat(LINEAR))
    const bend = f32x4.mul(f32x4.mul(near, slope), f32x4.mul(share, f32x4.sub(one, share)))
    storeFirst(output, f32x4.mul(loadFirst(gradient, count - i), f32x4.add(share, bend)), count - i)
    input += 16
    output += 16
    gradient += 16
  }
}
