/**
 * σ = softplus(x) = ln(1 + eˣ) and what is needed with it, of four x: nothing overflows, and for very negative x
 * σ keeps its digits until eˣ is below the smallest float32. The twin of shaders/softplus.wgsl.
 */
import { exponential } from './exponential'
import { logarithm } from './logarithm'
import { multiplyAdd } from './vector'

/** e^−|x|, by its root: `exponential` gives 0 where float32 still has denormals. */
// @ts-ignore: decorator
@inline
export function decayOf(x: v128): v128 {
  const root = exponential(f32x4.mul(f32x4.abs(x), f32x4.splat(-0.5)))
  return f32x4.mul(root, root)
}

/**
 * ln(1 + e) / e for 0 ≤ e ≤ 1, with a relative error below 2e-7: ln((1 + t) / (1 − t)) = 2 t (1 + t² / 3 + …) at
 * t = e / (2 + e) ≤ 1/3.
 */
// @ts-ignore: decorator
@inline
export function growthOf(decay: v128): v128 {
  const sum = f32x4.add(decay, f32x4.splat(2))
  const t = f32x4.div(decay, sum)
  const square = f32x4.mul(t, t)
  let series = multiplyAdd(square, f32x4.splat(0.15384616), f32x4.splat(0.18181819))
  series = multiplyAdd(square, series, f32x4.splat(0.22222222))
  series = multiplyAdd(square, series, f32x4.splat(0.2857143))
  series = multiplyAdd(square, series, f32x4.splat(0.4))
  series = multiplyAdd(square, series, f32x4.splat(0.6666667))
  series = multiplyAdd(square, series, f32x4.splat(2))
  return f32x4.div(series, sum)
}

// @ts-ignore: decorator
@inline
export function deviationOf(x: v128, decay: v128, growth: v128): v128 {
  return multiplyAdd(decay, growth, f32x4.max(x, f32x4.splat(0)))
}

/** σ / eˣ where x is not above 0, else σ: from ln 2 up. */
// @ts-ignore: decorator
@inline
export function scaleOf(x: v128, growth: v128, deviation: v128): v128 {
  return v128.bitselect(growth, deviation, f32x4.le(x, f32x4.splat(0)))
}

/** ln σ, also where σ vanishes; finite but wrong where x is NaN or ∞. */
// @ts-ignore: decorator
@inline
export function logDeviationOf(x: v128, scale: v128): v128 {
  return f32x4.add(logarithm(scale), f32x4.min(x, f32x4.splat(0)))
}
