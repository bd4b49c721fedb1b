/** The places of the many starts, and the region of the landscape. */
import type { MixtureComponent, PlaneComponent } from '../../compute/backend.ts'
import { lineSpace, planeSpace } from './fitSpace.ts'

/**
 * `count` points spread evenly over the unit square, in about √(count / aspect) rows. The rows differ by at most one
 * point; points are evenly spaced, half a gap from the edges. So every point stands for the same area, and there are
 * exactly `count` points. Float64 [count, 2].
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

/** A Gaussian on the line. */
export interface Gaussian {
  readonly mean: number
  readonly sd: number
}

/** The Gaussians' interval: from the lowest to the highest end of all their means ± `sds` standard deviations. */
export function reachOf(gaussians: readonly Gaussian[], sds: number): [number, number] {
  return [
    Math.min(...gaussians.map(({ mean, sd }) => mean - sds * sd)),
    Math.max(...gaussians.map(({ mean, sd }) => mean + sds * sd)),
  ]
}

/** The marginals of Gaussians in the plane along an axis. */
export const along = (components: readonly PlaneComponent[], axis: 0 | 1): Gaussian[] =>
  components.map(({ mean, covariance }) => ({ mean: mean[axis], sd: Math.sqrt(covariance[2 * axis]) }))

/** A rectangle of (μ, log σ). */
export interface LineRegion {
  readonly mu: readonly [number, number]
  readonly logSigma: readonly [number, number]
}

/**
 * In μ two standard deviations around every mode. In σ from a third of the narrowest mode's σ to 1.5 times P's own.
 * `least`: the objective is infinite up to this σ, so the region begins above it.
 */
export function lineRegion(
  components: readonly MixtureComponent[],
  momentSigma: number,
  least = 0,
): LineRegion {
  const narrowest = Math.min(...components.map(({ sd }) => sd))
  return {
    mu: reachOf(components, 2),
    logSigma: [
      Math.log(Math.max(narrowest / 3, 1.05 * least)),
      Math.log(1.5 * Math.max(momentSigma, 1.5 * least)),
    ],
  }
}

const within = ([low, high]: readonly [number, number], share: number) => low + share * (high - low)

/** The starts on the line, on a 4:3 lattice over the region; with a fixed σ in a single row. State rows [count, 8]. */
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

/** Starts in the plane: means over two standard deviations around every mode, the same L. State rows [count, 20]. */
export function planeStarts(
  count: number,
  components: readonly PlaneComponent[],
  lower: Lower,
): Float32Array {
  const [x, y] = ([0, 1] as const).map((axis) => reachOf(along(components, axis), 2))
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

/** L for standard deviations σ in x and ratio · σ in y, and correlation ρ. */
export function planeLower(sigma: number, ratio = 1, rho = 0): Lower {
  const sigmaY = ratio * sigma
  return [sigma, rho * sigmaY, Math.sqrt(1 - rho * rho) * sigmaY]
}

/** μx, μy, log L₁₁, L₂₁, log L₂₂. */
export function planeRow([x, y]: readonly number[], [l11, l21, l22]: Lower): number[] {
  return [x, y, Math.log(l11), l21, Math.log(l22)]
}
