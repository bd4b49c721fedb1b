/**
 * Quadrature in the plane: nodes t and weights of E[f(t)] for t ~ N(0, I), by the trapezoid rule on a square
 * lattice, which converges faster than any power of the spacing where f is smooth. Where one component of P takes
 * over from another, log p bends along a line. Along a row of the lattice the errors of all its points would add
 * up, so the lattice is turned by an angle that is far from the usual directions of such lines: this makes the
 * errors a hundred to ten thousand times smaller if P lies along the axes or the diagonals.
 */
import type { PlaneComponent } from './operations/planeFit.ts'

const spacing = 0.3
/** Nodes beyond this distance are left out: 1.5e-8 of the mass. */
const radius = 6
const turn = (20 * Math.PI) / 180

export interface PlaneNode {
  readonly x: number
  readonly y: number
  readonly weight: number
}

/** The nodes t; the weights sum to 1. */
export function planeNodes(): PlaneNode[] {
  const most = Math.round(radius / spacing)
  const places = Array.from({ length: 2 * most + 1 }, (_, i) => (i - most) * spacing)
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)]
  const nodes = places
    .flatMap((u) => places.map((v) => ({ u, v, weight: Math.exp(-0.5 * (u * u + v * v)) })))
    .filter(({ u, v }) => Math.hypot(u, v) < radius + 1e-9)
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0)
  return nodes.map(({ u, v, weight }) => ({
    x: cosine * u - sine * v,
    y: sine * u + cosine * v,
    weight: weight / total,
  }))
}

/** A component with m + L t ~ N(m, Σ), and log (weight · density) = logScale − ½ |L⁻¹ (x − m)|². */
interface Prepared {
  readonly weight: number
  readonly mean: readonly [number, number]
  /** L₁₁, L₂₁, L₂₂ */
  readonly factor: readonly [number, number, number]
  /** The same entries of L⁻¹. */
  readonly inverse: readonly [number, number, number]
  readonly logScale: number
}

function prepared({ weight, mean, covariance: [xx, xy, yy] }: PlaneComponent): Prepared {
  const first = Math.sqrt(xx)
  const below = xy / first
  const second = Math.sqrt(yy - below * below)
  return {
    weight,
    mean,
    factor: [first, below, second],
    inverse: [1 / first, -below / (first * second), 1 / second],
    logScale: Math.log(weight / (2 * Math.PI * first * second)),
  }
}

function logDensity(components: readonly Prepared[], x: number, y: number): number {
  const terms = components.map(({ mean, inverse, logScale }) => {
    const across = inverse[0] * (x - mean[0])
    const along = inverse[1] * (x - mean[0]) + inverse[2] * (y - mean[1])
    return logScale - 0.5 * (across * across + along * along)
  })
  const largest = Math.max(...terms)
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0))
}

export interface PlaneTarget {
  /** Eight numbers a component: mean, L⁻¹ as (11, 21, 22), log of weight · density at the mean, and two zeros. */
  readonly components: readonly number[][]
  /** Nodes of P itself: x, y, weight, log p. */
  readonly points: readonly number[][]
}

/** The data of P for the kernels, in float64. */
export function planeTarget(given: readonly PlaneComponent[], nodes: readonly PlaneNode[]): PlaneTarget {
  const components = given.map(prepared)
  return {
    components: components.map(({ mean, inverse, logScale }) => [...mean, ...inverse, logScale, 0, 0]),
    points: components.flatMap(({ weight, mean, factor }) =>
      nodes.map((t) => {
        const x = mean[0] + factor[0] * t.x
        const y = mean[1] + factor[1] * t.x + factor[2] * t.y
        return [x, y, weight * t.weight, logDensity(components, x, y)]
      }),
    ),
  }
}
