/**
 * ½ (1 + tanh u) with u = √(2/π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016), taken as s = 1 / (1 + exp(−2 u)), which
 * keeps its digits where it is small.
 */
import { exponentialOfDifference } from './exponential'
import { multiplyAdd } from './vector'

/** 2 √(2/π) and that times 0.044715. */
export const LINEAR: f32 = 1.5957691
export const CUBIC: f32 = 0.07135481

/** s, from e = exp(−|2 u|), which overflows nowhere. */
// @ts-ignore: decorator
@inline
export function shareOf(x: v128): v128 {
  const decay = decayOf(x)
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
