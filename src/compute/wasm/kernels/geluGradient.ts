/** The gradient through `gelu`. */
import { CUBIC, LINEAR, shareOf } from './geluGate'
import { loadFirst, multiplyAdd, storeFirst } from './vector'

/** s + x · 2 u′ · s (1 − s) */
// @ts-ignore: decorator
@inline
function slopeOf(x: v128): v128 {
  const share = shareOf(x)
  // beyond ±16 s (1 − s) is 0, but x · u′ may overflow; NaN passes both
  const near = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-16)), f32x4.splat(16))
  const slope = multiplyAdd(f32x4.mul(near, near), f32x4.splat(3 * CUBIC), f32x4.splat(LINEAR))
  return multiplyAdd(f32x4.mul(near, slope), f32x4.mul(share, f32x4.sub(f32x4.splat(1), share)), share)
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
