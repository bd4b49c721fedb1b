/** What the tests of `planeFit` fit to, and where they begin. */
import type { Backend, PlaneComponent } from '../../src/compute/backend.ts'

export const component = (
  weight: number,
  mean: [number, number],
  sdX: number,
  sdY: number,
  correlation = 0,
): PlaneComponent => ({
  weight,
  mean,
  covariance: [sdX ** 2, correlation * sdX * sdY, sdY ** 2],
})

export const targets = {
  one: [component(1, [1, -2], 0.5, 2, -0.3)],
  correlated: [component(1, [0, 0], 1, 1, 0.9)],
  two: [component(0.5, [-3, 0], 1, 1), component(0.5, [3, 0], 1, 1)],
  triangle: [
    component(0.4, [0, 2.5], 0.7, 0.7),
    component(0.3, [-2.2, -1.3], 0.7, 0.7),
    component(0.3, [2.2, -1.3], 0.7, 0.7),
  ],
  cross: [component(0.5, [0, 0], 3, 0.4), component(0.5, [0, 0], 0.4, 3)],
  six: [0, 1, 2, 3, 4, 5].map((i) =>
    component(1 / 6, [4 * Math.cos(i), 3 * Math.sin(2 * i)], 0.5 + 0.2 * i, 1, 0.3),
  ),
}
export type TargetName = keyof typeof targets

/** Rows of `state` that begin at these points. */
export function rowsOf(starts: readonly (readonly number[])[]): Float32Array {
  const rows = new Float32Array(20 * starts.length)
  for (const [i, start] of starts.entries()) rows.set(start, 20 * i)
  return rows
}

export const upload = (backend: Backend, starts: readonly (readonly number[])[]) =>
  backend.upload(rowsOf(starts), [starts.length, 20])
