import { sumOfSquares } from './norms'

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
