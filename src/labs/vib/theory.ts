/** Functions for both the experiment and the view of the VIB lab: σ from ρ, and the order that the seed decides. */
import { streams, uniformIntegers } from '../../compute/random.ts'
import type { Domain } from './frame.ts'

/** ln(1 + eˣ), without overflow and without loss for very negative x. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** Possible orders of the three models' pictures while these have no labels: places in the order of β. */
export const pictureOrders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const

export type PictureOrder = (typeof pictureOrders)[number]

/** The order for this seed. */
export function pictureOrder(seed: number): PictureOrder {
  const [draw] = uniformIntegers({ seed, stream: streams.pictureOrder }, 0, 1, pictureOrders.length)
  return pictureOrders[draw]
}

/** An order as one number for a metric: 231 where A has the second β, B the third and C the first. */
export const orderNumber = (order: PictureOrder): number =>
  order.reduce((number: number, place) => 10 * number + place + 1, 0)

/** The smallest window that holds all these windows. */
export function union(domains: readonly Domain[]): Domain {
  const side = (axis: 'x' | 'y'): [number, number] => [
    Math.min(...domains.map((one) => one[axis][0])),
    Math.max(...domains.map((one) => one[axis][1])),
  ]
  return { x: side('x'), y: side('y') }
}
