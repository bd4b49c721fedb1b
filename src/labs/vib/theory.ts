/** Closed forms of the VIB lab, in nats, and what its seed decides of the page. */
import { streams, uniformIntegers } from '../../compute/random.ts'

/** The loss of always answering with the classes' shares, all equal: no model without information beats it. */
export const chance = Math.log(10)

/** ln(1 + eˣ), without overflow and without loss for very negative x. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** KL(N(μ, diag σ²) ‖ N(0, I)) = Σ ½ (μ² + σ² − 1) − ln σ. */
export function gaussianRate(means: ArrayLike<number>, sigmas: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < means.length; k++)
    sum += 0.5 * (means[k] ** 2 + sigmas[k] ** 2 - 1) - Math.log(sigmas[k])
  return sum
}

/** In which order the three models' pictures stand while they have no labels: places in the order of β. */
export function pictureOrder(seed: number): readonly [number, number, number] {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const
  const [draw] = uniformIntegers({ seed, stream: streams.pictureOrder }, 0, 1, orders.length)
  return orders[draw]
}
