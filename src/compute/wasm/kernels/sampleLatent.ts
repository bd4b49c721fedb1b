/**
 * z = μ + σ · noise with σ = softplus(ρ − 5), and each example's KL(N(μ, diag σ²) ‖ N(0, I)) in nats, the sum over
 * k of ½ (μ² + σ² − 1) − ln σ. One model: encoded [rows, 2 columns] is μ, then ρ; noise and latent [rows, columns].
 */
import { decayOf, deviationOf, growthOf, logDeviationOf, scaleOf } from './softplus'
import { firstLanes, horizontalSum, loadFirst, multiplyAdd, storeFirst } from './vector'

export function sampleLatent(
  latent: usize, rates: usize, encoded: usize, noise: usize, rows: i32, columns: i32,
): void {
  const bytes = <usize>columns << 2
  for (let row = 0; row < rows; row++) {
    let rate = f32x4.splat(0)
    for (let k = 0; k < columns; k += 4) {
      const at = <usize>k << 2
      const count = columns - k
      const mean = loadFirst(encoded + at, count)
      const x = f32x4.sub(loadFirst(encoded + bytes + at, count), f32x4.splat(5))
      const decay = decayOf(x)
      const growth = growthOf(decay)
      const deviation = deviationOf(x, decay, growth)
      storeFirst(latent + at, multiplyAdd(deviation, loadFirst(noise + at, count), mean), count)
      // (σ − 1) (σ + 1) keeps the digits of σ² − 1 near σ = 1, where the rate vanishes
      const one = f32x4.splat(1)
      const excess = f32x4.mul(f32x4.sub(deviation, one), f32x4.add(deviation, one))
      const squares = f32x4.mul(multiplyAdd(mean, mean, excess), f32x4.splat(0.5))
      const term = f32x4.sub(squares, logDeviationOf(x, scaleOf(x, growth, deviation)))
      rate = f32x4.add(rate, firstLanes(term, f32x4.splat(0), count))
    }
    store<f32>(rates, horizontalSum(rate))
    latent += bytes
    noise += bytes
    encoded += 2 * bytes
    rates += 4
  }
}
