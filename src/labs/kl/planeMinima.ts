/** The local minima of both KLs in the plane, found in float64 from many starts. */
import type { PlaneComponent } from '../../compute/backend.ts'
import type { PlaneOptimum } from './frame.ts'
import { minimaFrom, type Objective, type Survey } from './minimise.ts'
import {
  type Covariance,
  cholesky,
  expectation,
  type Grid,
  grid,
  hermiteMoments,
  planeDivergence,
  planeMomentMatch,
  type Vector,
  type Whitened,
  whitened,
} from './planeTheory.ts'

const logTwoPi = Math.log(2 * Math.PI)

/** Grids to find basins, and to go on where the rough one holds a descent back. */
const searchGrid = grid(0.5, 5)
const fineGrid = grid(0.15, 6)
/** Grids of the test, which ends once two in a row agree. */
const testGrids = [0.2, 0.1, 0.05, 0.025].map((step) => grid(step, 8.5))

/** μx, μy, log L₁₁, log L₂₂ and, with a full covariance, L₂₁; only μ while the covariance is fixed. */
type Point = readonly number[]

type LowerOf = (point: Point) => readonly [number, number, number]

/** L₁₁, L₂₁, L₂₂ of a point. */
const lowerWith =
  (fixed: readonly [number, number, number] | undefined): LowerOf =>
  (point) =>
    fixed ?? [Math.exp(point[2]), point[4] ?? 0, Math.exp(point[3])]

/** KL(Q‖P) = E_q[log q] − E_q[log p], with its pathwise gradient. */
const reverseObjective =
  (mixture: readonly Whitened[], points: Grid, lowerOf: LowerOf): Objective =>
  (point) => {
    const lower = lowerOf(point)
    const { log, mean, lower: slope } = expectation(mixture, [point[0], point[1]], lower, points)
    const gradient = [-mean[0], -mean[1], -1 - slope[0] * lower[0], -1 - slope[2] * lower[2], -slope[1]]
    const value = -1 - logTwoPi - Math.log(lower[0] * lower[2]) - log
    return { value, gradient: gradient.slice(0, point.length) }
  }

/**
 * −E[log p] about Q = N(μ, L Lᵀ), as Q changes to N(μ + L u, L B (L B)ᵀ) with B = [[e^a, 0], [b, e^c]]: the steps are u,
 * a, c and b, in Q's own widths. E[∂^(i+j) log p] = E[log p · Heᵢ(t₁) Heⱼ(t₂)] with Hermite's polynomials, by parts.
 * So no derivative of log p is summed: where log p bends within a step of the grid, its slope jumps between two nodes,
 * and sums of its differences see a bend only where a node lies on it.
 */
const surveyWith =
  (mixture: readonly Whitened[], points: Grid, lowerOf: LowerOf): Survey =>
  (point) => {
    const lower = lowerOf(point)
    const m = hermiteMoments(mixture, [point[0], point[1]], lower, points)
    const gradient = [m[1][0], m[0][1], 1 + m[2][0], 1 + m[0][2], m[1][1]].map((entry) => -entry)
    const hessian = [
      [m[2][0], m[1][1], m[3][0], m[1][2], m[2][1]],
      [m[1][1], m[0][2], m[2][1], m[0][3], m[1][2]],
      [m[3][0], m[2][1], m[4][0] + 2 * m[2][0], m[2][2], m[3][1] + m[1][1]],
      [m[1][2], m[0][3], m[2][2], m[0][4] + 2 * m[0][2], m[1][3]],
      [m[2][1], m[1][2], m[3][1] + m[1][1], m[1][3], m[2][2] + m[0][2]],
    ].map((row) => row.map((entry) => -entry).slice(0, point.length))
    const moved = ([u1, u2, a = 0, c = 0, b = 0]: readonly number[]) => {
      const [l11, l21, l22] = lower
      const next = [point[0] + l11 * u1, point[1] + l21 * u1 + l22 * u2]
      return [...next, point[2] + a, point[3] + c, l21 * Math.exp(a) + l22 * b].slice(0, point.length)
    }
    return { gradient: gradient.slice(0, point.length), hessian: hessian.slice(0, point.length), moved }
  }

type Start = ReturnType<typeof planeMomentMatch>

/** Starts of the search: components, merged moments of pairs and of all, and Gaussians of half P's size around. */
function startingPoints(components: readonly PlaneComponent[], diagonal: boolean): Start[] {
  const merged = (chosen: readonly PlaneComponent[]) => {
    const total = chosen.reduce((sum, { weight }) => sum + weight, 0)
    return planeMomentMatch(
      chosen.map((each) => ({ ...each, weight: each.weight / total })),
      diagonal,
    )
  }
  const singles = components.map((one) => merged([one]))
  const pairs = components.flatMap((one, index) =>
    components.slice(index + 1).map((other) => merged([one, other])),
  )
  const whole = merged(components)
  const [xx, xy, yy] = whole.covariance
  const around = [-0.8, 0, 0.8].flatMap((x) =>
    [-0.8, 0, 0.8].map(
      (y): Start => ({
        mean: [whole.mean[0] + x * Math.sqrt(xx), whole.mean[1] + y * Math.sqrt(yy)],
        covariance: [0.25 * xx, 0.25 * xy, 0.25 * yy],
      }),
    ),
  )
  return [...singles, ...pairs, whole, ...around]
}

/** Units of a point's entries: the Gaussian's own standard deviations. */
function scaleOf(point: Point, lowerOf: LowerOf): number[] {
  const [l11, l21, l22] = lowerOf(point)
  return [l11, Math.hypot(l21, l22), 1, 1, l22].slice(0, point.length)
}

/**
 * The local minima, best first: of KL(P‖Q) the moment match alone, of KL(Q‖P) the results of descents from many starts.
 * `diagonal`: Q is a mean-field Gaussian. `fixedLower`: minima over μ only, with this L of the covariance L Lᵀ.
 */
export function planeLocalMinima(
  kind: 'forward' | 'reverse',
  components: readonly PlaneComponent[],
  diagonal: boolean,
  fixedLower?: readonly [number, number, number],
): PlaneOptimum[] {
  const lowerOf = lowerWith(fixedLower)
  const optimum = (mean: Vector, [l11, l21, l22]: readonly number[]): PlaneOptimum => {
    const covariance: Covariance = [l11 ** 2, l11 * l21, l21 ** 2 + l22 ** 2]
    return { mean, covariance, divergence: planeDivergence(kind, components, mean, covariance) }
  }
  if (kind === 'forward') {
    const { mean, covariance } = planeMomentMatch(components, diagonal)
    return [optimum(mean, fixedLower ?? cholesky(covariance))]
  }
  const mixture = whitened(components)
  const starts = startingPoints(components, diagonal).map(({ mean, covariance }) => {
    const [l11, l21, l22] = cholesky(covariance)
    const ofSigma = [Math.log(l11), Math.log(l22), ...(diagonal ? [] : [l21])]
    return fixedLower === undefined ? [...mean, ...ofSigma] : mean
  })
  return minimaFrom(starts, {
    rough: reverseObjective(mixture, searchGrid, lowerOf),
    fine: reverseObjective(mixture, fineGrid, lowerOf),
    surveys: testGrids.map((points) => surveyWith(mixture, points, lowerOf)),
    scaleOf: (point) => scaleOf(point, lowerOf),
  })
    .map((point) => optimum([point[0], point[1]], lowerOf(point)))
    .sort((one, other) => one.divergence - other.divergence)
}
