/** Σ exp(l − m), Σ (l − m) exp(l − m) and Σ exp(2 (l − m)) with a maximum m that grows as words pass. */
import { exponential } from './exponential'
import { LogitState } from './logitState'
import { horizontalSum, multiplyAdd } from './vector'

/**
 * The token's maximum, raised to `largest` where that is more: its sums are then brought to the new maximum,
 * for with l − m' = (l − m) + δ every exp(l − m') is exp(l − m) · exp(δ).
 */
export function setMaximum(scales: usize, state: LogitState, token: i32, largest: f32): f32 {
  const place = state.maximum + (<usize>token << 2)
  const before = load<f32>(place)
  // a NaN is kept too, and then stays
  const after = max<f32>(before, largest)
  if (after == before) return before
  store<f32>(place, after)
  for (let scale = 0; scale < state.scaleCount; scale++) {
    const at = <usize>(scale * state.tokens + token) << 3
    const sumExp = load<f64>(state.sumExp + at)
    // nothing seen yet, and δ is not finite
    if (sumExp == 0) continue
    const delta = <f64>load<f32>(scales + (<usize>scale << 2)) * (<f64>before - <f64>after)
    const factor = Math.exp(delta)
    const sumShiftedExp = load<f64>(state.sumShiftedExp + at)
    store<f64>(state.sumExp + at, sumExp * factor)
    // where exp(δ) is 0, δ · exp(δ) is 0 as well
    store<f64>(state.sumShiftedExp + at, factor == 0 ? 0 : (sumShiftedExp + delta * sumExp) * factor)
    store<f64>(state.sumSquaredExp + at, load<f64>(state.sumSquaredExp + at) * factor * factor)
  }
  return after
}

/** Takes `words` logits of a row, rounded up to whole vectors, into the three sums at `index`. */
export function addExponentials(
  row: usize, words: i32, maximum: f32, scale: f32, state: LogitState, index: i32,
): void {
  const maxima = f32x4.splat(maximum)
  const factor = f32x4.splat(scale)
  let sums = f32x4.splat(0)
  let shiftedSums = f32x4.splat(0)
  let squares = f32x4.splat(0)
  const end = row + (<usize>words << 2)
  for (; row < end; row += 16) {
    const shifted = f32x4.mul(f32x4.sub(v128.load(row), maxima), factor)
    const power = exponential(shifted)
    sums = f32x4.add(sums, power)
    // −∞ in a lane past the last word: its shift must be finite for 0 · shift to be 0
    shiftedSums = multiplyAdd(f32x4.pmax(shifted, f32x4.splat(-1e30)), power, shiftedSums)
    // squares below exp(−86) would be denormal, which is slow, and add nothing to the 1 of the maximum
    const larger = v128.andnot(power, f32x4.lt(power, f32x4.splat(2e-19)))
    squares = multiplyAdd(larger, larger, squares)
  }
  const at = <usize>index << 3
  store<f64>(state.sumExp + at, load<f64>(state.sumExp + at) + <f64>horizontalSum(sums))
  store<f64>(state.sumShiftedExp + at, load<f64>(state.sumShiftedExp + at) + <f64>horizontalSum(shiftedSums))
  store<f64>(state.sumSquaredExp + at, load<f64>(state.sumSquaredExp + at) + <f64>horizontalSum(squares))
}
