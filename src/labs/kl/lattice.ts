/** Where the many starts lie, and the lattice that the landscape is drawn over. */
import type { MixtureComponent, PlaneComponent } from '../../compute/backend.ts'
import { lineSpace, planeSpace } from './fitSpace.ts'

/**
 * `count` points spread over the unit square: rows in number near √(count / aspect), each with its even share of
 * the points (they differ by one at most), evenly apart, half a gap from the edges. So every point stands for
 * the same area, and there are exactly `count`. Float64 [count, 2].
 */
export function spread(count: number, aspect: number): Float64Array {
  const points = new Float64Array(2 * count)
  const rows = Math.min(count, Math.max(1, Math.round(Math.sqrt(count / aspect))))
  for (let row = 0; row < rows; row++) {
    const first = Math.floor((row * count) / rows)
    const end = Math.floor(((row + 1) * count) / rows)
    for (let index = first; index < end; index++) {
      points[2 * index] = (index - first + 0.5) / (end - first)
      points[2 * index + 1] = (row + 0.5) / rows
    }
  }
  return points
}

/** A rectangle of (μ, log σ). */
export interface LineRegion {
  readonly mu: readonly [number, number]
  readonly logSigma: readonly [number, number]
}

/**
 * Two standard deviations around every mode; from a third of the narrowest mode's σ, or above `least` where the
 * objective is infinite up to there, to 1.5 × P's own.
 */
export function lineRegion(
  components: readonly MixtureComponent[],
  momentSigma: number,
  least = 0,
): LineRegion {
  const narrowest = Math.min(...components.map(({ sd }) => sd))
  return {
    mu: [
      Math.min(...components.map(({ mean, sd }) => mean - 2 * sd)),
      Math.max(...components.map(({ mean, sd }) => mean + 2 * sd)),
    ],
    logSigma: [
      Math.log(Math.max(narrowest / 3, 1.05 * least)),
      Math.log(1.5 * Math.max(momentSigma, 1.5 * least)),
    ],
  }
}

const within = ([low, high]: readonly [number, number], share: number) => low + share * (high - low)

/** The starts on the line, 4:3 over the region; with a fixed σ all in one row. State rows [count, 8]. */
export function lineStarts(count: number, region: LineRegion, fixedSigma: number | undefined): Float32Array {
  const points = spread(count, fixedSigma === undefined ? 4 / 3 : Number.POSITIVE_INFINITY)
  const state = new Float32Array(count * lineSpace.columns)
  for (let start = 0; start < count; start++) {
    state[start * lineSpace.columns] = within(region.mu, points[2 * start])
    state[start * lineSpace.columns + 1] =
      fixedSigma === undefined ? within(region.logSigma, points[2 * start + 1]) : Math.log(fixedSigma)
  }
  return state
}

/** The starts in the plane: centres over two standard deviations around every mode, one L. State rows [count, 20]. */
export function planeStarts(
  count: number,
  components: readonly PlaneComponent[],
  lower: Lower,
): Float32Array {
  const range = (axis: 0 | 1): [number, number] => {
    const sd = (component: PlaneComponent) => Math.sqrt(component.covariance[2 * axis])
    return [
      Math.min(...components.map((component) => component.mean[axis] - 2 * sd(component))),
      Math.max(...components.map((component) => component.mean[axis] + 2 * sd(component))),
    ]
  }
  const [x, y] = [range(0), range(1)]
  const points = spread(count, (x[1] - x[0]) / (y[1] - y[0]))
  const state = new Float32Array(count * planeSpace.columns)
  for (let start = 0; start < count; start++) {
    const mean = [within(x, points[2 * start]), within(y, points[2 * start + 1])]
    state.set(planeRow(mean, lower), start * planeSpace.columns)
  }
  return state
}

/** L₁₁, L₂₁, L₂₂ of a covariance L Lᵀ. */
export type Lower = readonly [number, number, number]

/** L of standard deviations σ in x and ratio · σ in y, correlated by ρ. */
export function planeLower(sigma: number, ratio = 1, rho = 0): Lower {
  const sigmaY = ratio * sigma
  return [sigma, rho * sigmaY, Math.sqrt(1 - rho * rho) * sigmaY]
}

/** μx, μy, log L₁₁, L₂₁, log L₂₂. */
export function planeRow([x, y]: readonly number[], [l11, l21, l22]: Lower): number[] {
  return [x, y, Math.log(l11), l21, Math.log(l22)]
}
