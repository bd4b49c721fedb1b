/**
 * Divergences of a Gaussian Q = N(mean, Σ) from a mixture P in the plane, in float64 and log space; all in nats.
 * Covariances are [variance of x, covariance, variance of y], positive definite. An expectation under a Gaussian is the
 * sum over a square grid of t in x = mean + L t, Σ = L Lᵀ: the trapezoid rule. For an integrand that falls off as
 * e^(−t²/2) it converges faster than any power of its step.
 */
import type { PlaneComponent } from '../../compute/backend.ts'

export type Vector = readonly [number, number]
export type Covariance = readonly [number, number, number]

const logTwoPi = Math.log(2 * Math.PI)

/** L₁₁, L₂₁, L₂₂ of Σ = L Lᵀ. */
export function cholesky([xx, xy, yy]: Covariance): [number, number, number] {
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
export interface Whitened {
  readonly logHeight: number
  readonly mean: Vector
  readonly lower: readonly [number, number, number]
}

export const whitened = (components: readonly PlaneComponent[]): Whitened[] =>
  components.map(({ weight, mean, covariance }) => {
    const lower = cholesky(covariance)
    return { logHeight: Math.log(weight / (lower[0] * lower[2])) - logTwoPi, mean, lower }
  })

export interface Density {
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
export interface Grid {
  readonly coordinates: Float64Array
  readonly weights: Float64Array
}

/** A grid from −reach to reach standard deviations, with this step. */
export function grid(step: number, reach: number): Grid {
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
 * The grid of reported values. Where one component replaces another along a grid row within a tenth of Q's width, it
 * errs by 3e-7 at worst.
 */
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
export function expectation(
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

/** E[log p · Heᵢ(t₁) Heⱼ(t₂)] under N(mean, L Lᵀ) as [i][j], i + j ≤ 4, with Hermite's polynomials He. */
export function hermiteMoments(
  components: readonly Whitened[],
  mean: Vector,
  [l11, l21, l22]: readonly [number, number, number],
  { coordinates, weights }: Grid,
): number[][] {
  const density: Density = { log: 0, x: 0, y: 0 }
  const moments = [5, 4, 3, 2, 1].map((size) => new Array<number>(size).fill(0))
  const [first, second] = [new Float64Array(5), new Float64Array(5)]
  for (let i = 0; i < coordinates.length; i++)
    for (let j = 0; j < coordinates.length; j++) {
      const weight = weights[i] * weights[j]
      if (weight < 1e-18) continue
      const t1 = turnCosine * coordinates[i] - turnSine * coordinates[j]
      const t2 = turnSine * coordinates[i] + turnCosine * coordinates[j]
      evaluateMixture(components, mean[0] + l11 * t1, mean[1] + l21 * t1 + l22 * t2, density)
      hermite(t1, first)
      hermite(t2, second)
      const share = weight * density.log
      for (let n = 0; n < 5; n++)
        for (let k = 0; k < 5 - n; k++) moments[n][k] += share * first[n] * second[k]
    }
  return moments
}

/** He₀ to He₄ at t. */
function hermite(t: number, values: Float64Array) {
  const square = t * t
  values[0] = 1
  values[1] = t
  values[2] = square - 1
  values[3] = t * (square - 3)
  values[4] = square * (square - 6) + 3
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
