/**
 * The gradient with respect to (μ, ρ), output [rows, 2 columns], where z = μ + σ · noise and σ = softplus(ρ − 5):
 * that through z, plus share times that of the rates' sum, whose terms are ½ (μ² + σ² − 1) − ln σ. One model.
 */
import { decayOf, deviationOf, growthOf, scaleOf } from './softplus'
import { loadFirst, multiplyAdd, storeFirst } from './vector'

export function sampleLatentGradient(
  output: usize, encoded: usize, noise: usize, latentGradient: usize, share: f32, rows: i32, columns: i32,
): void {
  const bytes = <usize>columns << 2
  const shares = f32x4.splat(share)
  const one = f32x4.splat(1)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k += 4) {
      const at = <usize>k << 2
      const count = columns - k
      const pull = loadFirst(latentGradient + at, count)
      storeFirst(output + at, multiplyAdd(shares, loadFirst(encoded + at, count), pull), count)

      const x = f32x4.sub(loadFirst(encoded + bytes + at, count), f32x4.splat(5))
      const decay = decayOf(x)
      const growth = growthOf(decay)
      const deviation = deviationOf(x, decay, growth)
      // σ' = 1 / (1 + e^−x), and σ' / σ, which goes to 1 and never overflows where σ vanishes
      const whole = f32x4.div(one, f32x4.add(one, decay))
      const slope = f32x4.mul(whole, v128.bitselect(decay, one, f32x4.le(x, f32x4.splat(0))))
      const ratio = f32x4.div(whole, scaleOf(x, growth, deviation))
      const rate = f32x4.sub(f32x4.mul(deviation, slope), ratio)
      const task = f32x4.mul(f32x4.mul(pull, loadFirst(noise + at, count)), slope)
      storeFirst(output + bytes + at, multiplyAdd(shares, rate, task), count)
    }
    output += 2 * bytes
    encoded += 2 * bytes
    noise += bytes
    latentGradient += bytes
  }
}
