/**
 * Divergences of a Gaussian Q = N(mean, Σ) from a mixture P in the plane, in float64 and log space; all in nats.
 * Covariances are [variance of x, covariance, variance of y], positive definite. An expectation under a Gaussian is the
 * sum over a square grid of t in x = mean + L t, Σ = L Lᵀ: the trapezoid rule. For an integrand that falls off as
 * e^(−t²/2) it converges faster than any power of its step.
 */
import type { PlaneComponent } from '../../compute/backend.ts'
import type { PlaneOptimum } from './frame.ts'
import { minimaFrom, type Objective } from './minimise.ts'

type Vector = readonly [number, number]
type Covariance = readonly [number, number, number]

const logTwoPi = Math.log(2 * Math.PI)

/** L₁₁, L₂₁, L₂₂ of Σ = L Lᵀ. */
function cholesky([xx, xy, yy]: Covariance): [number, number, number] {
  const first = Math.sqrt(xx)
  const off = xy / first
  return [first, off, Math.sqrt(yy - off * off)]
}

/** log N((x, y); mean, covariance). */
export function logPlaneNormal(x: number, y: number, mean: Vector, covariance: Covariance): number {
  const [l11, l21, l22] = cholesky(covariance)
  const t1 = (x - mean[0]) / l11
  const t2 = (y - mean[1] - l21 * t1) / l22
  return -0.5 * (t1 * t1 + t2 * t2) - Math.log(l11 * l22) - logTwoPi
}

/** log p(x, y). */
export function logPlaneMixture(components: readonly PlaneComponent[], x: number, y: number): number {
  const density = { log: 0, x: 0, y: 0 }
  evaluateMixture(whitened(components), x, y, density)
  return density.log
}

/** A component with the constants of its density N(x; mean, L Lᵀ). */
interface Whitened {
  readonly logHeight: number
  readonly mean: Vector
  readonly lower: readonly [number, number, number]
}

const whitened = (components: readonly PlaneComponent[]): Whitened[] =>
  components.map(({ weight, mean, covariance }) => {
    const lower = cholesky(covariance)
    return { logHeight: Math.log(weight / (lower[0] * lower[2])) - logTwoPi, mean, lower }
  })

interface Density {
  log: number
  /** The gradient of log p. */
  x: number
  y: number
}

/** log p and its gradient at (x, y), written into `density`, by a running log-sum-exp. */
function evaluateMixture(components: readonly Whitened[], x: number, y: number, density: Density) {
  let largest = Number.NEGATIVE_INFINITY
  let sum = 0
  let slopeX = 0
  let slopeY = 0
  for (let index = 0; index < components.length; index++) {
    const { logHeight, mean, lower } = components[index]
    const t1 = (x - mean[0]) / lower[0]
    const t2 = (y - mean[1] - lower[1] * t1) / lower[2]
    const term = logHeight - 0.5 * (t1 * t1 + t2 * t2)
    let share = 1
    if (term > largest) {
      const fade = Math.exp(largest - term)
      sum *= fade
      slopeX *= fade
      slopeY *= fade
      largest = term
    } else share = Math.exp(term - largest)
    const alongY = t2 / lower[2]
    sum += share
    slopeX -= (share * (t1 - lower[1] * alongY)) / lower[0]
    slopeY -= share * alongY
  }
  density.log = largest + Math.log(sum)
  density.x = slopeX / sum
  density.y = slopeY / sum
}

/** A square grid of standard normal coordinates with the weights of an expectation, which sum to 1. */
interface Grid {
  readonly coordinates: Float64Array
  readonly weights: Float64Array
}

/** A grid from −reach to reach standard deviations, with this step. */
function grid(step: number, reach: number): Grid {
  const half = Math.ceil(reach / step)
  const coordinates = Float64Array.from({ length: 2 * half + 1 }, (_, index) => (index - half) * step)
  const densities = coordinates.map((t) => Math.exp(-0.5 * t * t))
  const total = densities.reduce((sum, density) => sum + density, 0)
  return { coordinates, weights: densities.map((density) => density / total) }
}

/**
 * The grid is turned by π/8. Between components log p bends along lines. Along a grid row on such a line the error is
 * the step's square times the bend; rows that cross the line average it out. Targets are often symmetric about 0, 30,
 * 45, 60 or 90 degrees; this angle is far from all of them.
 */
const turnCosine = Math.cos(Math.PI / 8)
const turnSine = Math.sin(Math.PI / 8)

/**
 * Grids to find basins, to find minima to 1e-6, and for reported values. At worst, where one component replaces another
 * along a grid row within a tenth of Q's width, a step of 0.1 errs by 1e-5, the last one by 3e-7.
 */
const searchGrid = grid(0.5, 5)
const polishGrid = grid(0.2, 7)
const fineGrid = grid(0.08, 8.5)

interface Expectation {
  /** E[log p]. */
  readonly log: number
  /** E[∇ log p]. */
  readonly mean: readonly [number, number]
  /** E[∂ log p/∂L₁₁], L₂₁, L₂₂: E[s_x t₁], E[s_y t₁], E[s_y t₂]. */
  readonly lower: readonly [number, number, number]
}

/** Expectations of log p and its pathwise derivatives under N(mean, L Lᵀ). */
function expectation(
  components: readonly Whitened[],
  mean: Vector,
  [l11, l21, l22]: readonly [number, number, number],
  { coordinates, weights }: Grid,
): Expectation {
  const density: Density = { log: 0, x: 0, y: 0 }
  let [log, meanX, meanY, along11, along21, along22] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < coordinates.length; i++)
    for (let j = 0; j < coordinates.length; j++) {
      const t1 = turnCosine * coordinates[i] - turnSine * coordinates[j]
      const t2 = turnSine * coordinates[i] + turnCosine * coordinates[j]
      const weight = weights[i] * weights[j]
      // corners have negligible weight
      if (weight < 1e-18) continue
      evaluateMixture(components, mean[0] + l11 * t1, mean[1] + l21 * t1 + l22 * t2, density)
      log += weight * density.log
      meanX += weight * density.x
      meanY += weight * density.y
      along11 += weight * density.x * t1
      along21 += weight * density.y * t1
      along22 += weight * density.y * t2
    }
  return { log, mean: [meanX, meanY], lower: [along11, along21, along22] }
}

const ownExpectations = new WeakMap<readonly PlaneComponent[], number>()

/** E_p[log p], by the grid of every component; kept, because it does not depend on Q. */
function ownExpectation(components: readonly PlaneComponent[]): number {
  const known = ownExpectations.get(components)
  if (known !== undefined) return known
  const mixture = whitened(components)
  const value = components.reduce(
    (sum, { weight, mean }, index) =>
      sum + weight * expectation(mixture, mean, mixture[index].lower, fineGrid).log,
    0,
  )
  ownExpectations.set(components, value)
  return value
}

/**
 * KL(P‖Q): E_p[log p] by the grid of every component, minus E_p[log q] in closed form. KL(Q‖P): both under Q. `lower`:
 * L₁₁, L₂₁, L₂₂ of the covariance L Lᵀ, if known, since a nearly singular covariance does not give them.
 */
export function planeDivergence(
  kind: 'forward' | 'reverse',
  components: readonly PlaneComponent[],
  mean: Vector,
  covariance: Covariance,
  lower: readonly [number, number, number] = cholesky(covariance),
): number {
  const mixture = whitened(components)
  const logRoot = Math.log(lower[0] * lower[2])
  if (kind === 'reverse')
    return Math.max(0, -1 - logTwoPi - logRoot - expectation(mixture, mean, lower, fineGrid).log)
  let value = logTwoPi + logRoot + ownExpectation(components)
  for (const [index, component] of components.entries()) {
    // ½ E[(x − mean)ᵀ Σ⁻¹ (x − mean)] = ½ |L⁻¹ gap|² + ½ |L⁻¹ M|² with the component's covariance M Mᵀ
    const [m11, m21, m22] = mixture[index].lower
    const columns = [
      [component.mean[0] - mean[0], component.mean[1] - mean[1]],
      [m11, m21],
      [0, m22],
    ]
    for (const [x, y] of columns) {
      const first = x / lower[0]
      value += 0.5 * component.weight * (first ** 2 + ((y - lower[1] * first) / lower[2]) ** 2)
    }
  }
  return Math.max(0, value)
}

/** P's mean and covariance; `diagonal`: its variances alone. Both minimise forward KL in their family. */
export function planeMomentMatch(
  components: readonly PlaneComponent[],
  diagonal: boolean,
): { readonly mean: Vector; readonly covariance: Covariance } {
  const average = (of: (component: PlaneComponent) => number) =>
    components.reduce((sum, component) => sum + component.weight * of(component), 0)
  const x = average(({ mean }) => mean[0])
  const y = average(({ mean }) => mean[1])
  const xx = average(({ mean, covariance }) => covariance[0] + (mean[0] - x) ** 2)
  const xy = average(({ mean, covariance }) => covariance[1] + (mean[0] - x) * (mean[1] - y))
  const yy = average(({ mean, covariance }) => covariance[2] + (mean[1] - y) ** 2)
  return { mean: [x, y], covariance: [xx, diagonal ? 0 : xy, yy] }
}

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
  const [search, fine] = [searchGrid, polishGrid].map((points) => reverseObjective(mixture, points, lowerOf))
  const starts = startingPoints(components, diagonal).map(({ mean, covariance }) => {
    const [l11, l21, l22] = cholesky(covariance)
    const ofSigma = [Math.log(l11), Math.log(l22), ...(diagonal ? [] : [l21])]
    return fixedLower === undefined ? [...mean, ...ofSigma] : mean
  })
  return minimaFrom(starts, search, fine, (point) => scaleOf(point, lowerOf))
    .map((point) => optimum([point[0], point[1]], lowerOf(point)))
    .sort((one, other) => one.divergence - other.divergence)
}
