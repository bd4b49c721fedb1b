/**
 * Divergences of Gaussians in the plane as dense sums in float64, and descents on them by central differences.
 * Written to be read; shares nothing with the kernels, neither their grid nor their gradients.
 */
import type { Optimizer, PlaneComponent } from '../../src/compute/backend.ts'

export type PlaneDivergence = 'forward' | 'reverse'

/** log p at (x, y), by log-sum-exp with the covariances' inverses. */
function logDensity(components: readonly PlaneComponent[]): (x: number, y: number) => number {
  const forms = components.map(({ weight, mean, covariance: [xx, xy, yy] }) => {
    const determinant = xx * yy - xy * xy
    const top = Math.log(weight / (2 * Math.PI * Math.sqrt(determinant)))
    return { mean, top, xx: yy / determinant, xy: -xy / determinant, yy: xx / determinant }
  })
  const terms = new Float64Array(forms.length)
  return (x, y) => {
    let largest = -Infinity
    for (let j = 0; j < forms.length; j++) {
      const { mean, top, xx, xy, yy } = forms[j]
      const dx = x - mean[0]
      const dy = y - mean[1]
      terms[j] = top - 0.5 * (xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy)
      largest = Math.max(largest, terms[j])
    }
    let sum = 0
    for (let j = 0; j < forms.length; j++) {
      const less = terms[j] - largest
      // e^-40 changes no digit of 1
      if (less > -40) sum += less === 0 ? 1 : Math.exp(less)
    }
    return largest + Math.log(sum)
  }
}

/** Q as a mixture of one: mean, Σ = L Lᵀ. */
export function gaussianOf([x, y, a, b, c]: readonly number[]): PlaneComponent {
  const [first, second] = [Math.exp(a), Math.exp(c)]
  return { weight: 1, mean: [x, y], covariance: [first * first, first * b, b * b + second * second] }
}

/** E_component[f]: x over its marginal and y over its conditional, out to 6.5 standard deviations. */
function expectation(
  { mean, covariance: [xx, xy, yy] }: PlaneComponent,
  f: (x: number, y: number) => number,
  spacing: number,
): number {
  const most = Math.round(6.5 / spacing)
  const sd = Math.sqrt(yy - (xy * xy) / xx)
  const weights = Array.from({ length: 2 * most + 1 }, (_, i) => Math.exp(-0.5 * ((i - most) * spacing) ** 2))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  for (let i = -most; i <= most; i++) {
    const dx = Math.sqrt(xx) * i * spacing
    const centre = mean[1] + (xy / xx) * dx
    for (let j = -most; j <= most; j++)
      sum += weights[i + most] * weights[j + most] * f(mean[0] + dx, centre + sd * j * spacing)
  }
  return sum / (total * total)
}

/** In nats. */
export function planeDivergence(
  divergence: PlaneDivergence,
  target: readonly PlaneComponent[],
  point: readonly number[],
  spacing: number,
): number {
  const q = [gaussianOf(point)]
  const [logP, logQ] = [logDensity(target), logDensity(q)]
  const ratio = (x: number, y: number) => logP(x, y) - logQ(x, y)
  if (divergence === 'reverse') return -expectation(q[0], ratio, spacing)
  return target.reduce((sum, component) => sum + component.weight * expectation(component, ratio, spacing), 0)
}

export function planeGradient(
  divergence: PlaneDivergence,
  target: readonly PlaneComponent[],
  point: readonly number[],
  spacing: number,
): number[] {
  return point.map((_, i) => {
    const scale = i < 2 ? Math.exp(Math.min(point[2], point[4])) : 1
    const step = 1e-3 * scale
    const at = (offset: number) =>
      planeDivergence(
        divergence,
        target,
        point.map((value, j) => value + (i === j ? offset : 0)),
        spacing,
      )
    return (at(step) - at(-step)) / (2 * step)
  })
}

/** The points before each update, and the last. */
export function planeDescent(
  gradient: (point: readonly number[]) => number[],
  start: readonly number[],
  optimizer: Optimizer,
  learningRate: number,
  steps: number,
): number[][] {
  const points = [[...start]]
  const moment = start.map(() => 0)
  const square = start.map(() => 0)
  for (let step = 1; step <= steps; step++) {
    const slope = gradient(points[step - 1])
    points.push(
      points[step - 1].map((value, i) => {
        if (optimizer === 'gradientDescent') return value - learningRate * slope[i]
        if (optimizer === 'momentum') {
          moment[i] = 0.9 * moment[i] + slope[i]
          return value - learningRate * moment[i]
        }
        moment[i] = 0.9 * moment[i] + 0.1 * slope[i]
        square[i] = 0.999 * square[i] + 0.001 * slope[i] ** 2
        const first = moment[i] / (1 - 0.9 ** step)
        const second = square[i] / (1 - 0.999 ** step)
        return value - (learningRate * first) / (Math.sqrt(second) + 1e-8)
      }),
    )
  }
  return points
}
