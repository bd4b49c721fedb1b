/** The built-in targets; all weights sum to 1. */
import type { MixtureComponent, PlaneComponent } from '../../compute/backend.ts'
import { parseComponents, parsePlaneComponents } from './components.ts'
import type { KlValues, LineTarget, PlaneTarget } from './parameters.ts'

const line = (...rows: [weight: number, mean: number, sd: number][]): readonly MixtureComponent[] =>
  rows.map(([weight, mean, sd]) => ({ weight, mean, sd }))

const linePresets: Readonly<Record<LineTarget, readonly MixtureComponent[]>> = {
  bimodal: line([0.5, -3, 1], [0.5, 3, 1]),
  unequal: line([0.7, -3, 1], [0.3, 3, 1]),
  widths: line([0.5, -3, 0.5], [0.5, 3, 1.5]),
  three: line([0.3, -5, 0.8], [0.4, 0, 1], [0.3, 5, 0.8]),
  // nearer than ±2.40 standard deviations: reverse KL has one minimum, in the middle
  near: line([0.5, -1.2, 1], [0.5, 1.2, 1]),
  narrowBroad: line([0.3, 1, 0.15], [0.7, 0, 2]),
}

const plane = (
  ...rows: [weight: number, mean: [number, number], covariance: [number, number, number]][]
): readonly PlaneComponent[] => rows.map(([weight, mean, covariance]) => ({ weight, mean, covariance }))

const round: [number, number, number] = [0.49, 0, 0.49]
const third = 1 / 3

const planePresets: Readonly<Record<PlaneTarget, readonly PlaneComponent[]>> = {
  two: plane([0.5, [-2, 0], round], [0.5, [2, 0], round]),
  correlated: plane([1, [0, 0], [1, 0.9, 1]]),
  triangle: plane([third, [0, 2.4], round], [third, [-2.1, -1.2], round], [third, [2.1, -1.2], round]),
  cross: plane([0.5, [0, 0], [4, 0, 0.09]], [0.5, [0, 0], [0.09, 0, 4]]),
}

/** The target on the line; targets of the plane are replaced by `bimodal`. */
export function lineComponents({ target, components, distance }: KlValues): readonly MixtureComponent[] {
  if (target === 'custom') return parseComponents(components)
  if (target === 'pair') return line([0.5, -distance, 1], [0.5, distance, 1])
  return linePresets[target as LineTarget] ?? linePresets.bimodal
}

/** The target in the plane; targets of the line are replaced by `two`. */
export function planeComponents({ target, planeComponents }: KlValues): readonly PlaneComponent[] {
  if (target === 'custom') return parsePlaneComponents(planeComponents)
  return planePresets[target as PlaneTarget] ?? planePresets.two
}
