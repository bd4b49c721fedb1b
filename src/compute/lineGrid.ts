/**
 * The quadrature grid on the line follows P and Q: Gauss–Legendre panels between breakpoints at multiples of every
 * component's and of Q's standard deviation, and around the places where one component of P takes over from
 * another, because log p bends there. The outermost multiple leaves 3e-12 of each Gaussian's mass outside.
 */
import type { MixtureComponent } from './operations/gaussianFit.ts'

/** Multiples of a standard deviation at which panels meet. */
export const panelEdges: readonly number[] = [
  -7, -5.5, -4.25, -3.25, -2.4, -1.6, -0.8, 0, 0.8, 1.6, 2.4, 3.25, 4.25, 5.5, 7,
]

const tails = [11, 18, 29, 46, 74, 118, 190]
/**
 * The same for a D_α. Its integrand p^α q^(1−α) may be far wider than the narrower one of P and Q: its sd is s / √α for
 * α ≤ ½ and a wide Q, and σ / √(1−α) for α ≥ ½ and a wide P. Good for α within 1e-3 … 1 − 1e-3.
 */
export const tailedEdges: readonly number[] = [
  ...tails.map((multiple) => -multiple).reverse(),
  ...panelEdges,
  ...tails,
]

/** Gauss–Legendre nodes of one panel. */
export const nodesPerPanel = 8

/** A place where two panels meet: anchor + offset. The two are separate: float32 cannot resolve 60 + 1e-3 · 0.8. */
export interface Breakpoint {
  /** A component's mean. */
  readonly anchor: number
  readonly offset: number
}

/** Panels meet at these multiples of the smoothing width around a bend of log p: e^−4 of the bend lies beyond. */
export const bendEdges: readonly number[] = [-4, 0, 4]

/** Crossings further out are ignored: no fit goes there, and almost equal components may cross anywhere. */
const farthest = 1e6

/** Where w_i N(x; m_i, s_i²) = w_j N(x; m_j, s_j²): none, one or two places. */
function crossings(i: MixtureComponent, j: MixtureComponent): number[] {
  // a (x − m_i)² + b (x − m_i) + c = 0, relative to m_i
  const gap = j.mean - i.mean
  const a = 0.5 / j.sd ** 2 - 0.5 / i.sd ** 2
  const b = -gap / j.sd ** 2
  const c = (0.5 * gap ** 2) / j.sd ** 2 + Math.log((i.weight * j.sd) / (j.weight * i.sd))
  if (Math.abs(a) * (gap ** 2 + i.sd ** 2) < 1e-12 * (Math.abs(b * gap) + Math.abs(c)))
    return b === 0 ? [] : [-c / b]
  const discriminant = b * b - 4 * a * c
  if (!(discriminant > 0)) return []
  // the two roots without cancellation
  const q = -0.5 * (b + Math.sign(b || 1) * Math.sqrt(discriminant))
  return q === 0 ? [] : [q / a, c / q]
}

const logTerm = ({ weight, mean, sd }: MixtureComponent, x: number) =>
  Math.log(weight / sd) - 0.5 * ((x - mean) / sd) ** 2

/** P's own breakpoints, in ascending order; the integrating code adds Q's, at μ + σ · panelEdges. */
export function lineBreakpoints(
  components: readonly MixtureComponent[],
  edges: readonly number[] = panelEdges,
  bends: readonly number[] = bendEdges,
): Breakpoint[] {
  const points: Breakpoint[] = components.flatMap(({ mean, sd }) =>
    edges.map((multiple) => ({ anchor: mean, offset: multiple * sd })),
  )
  for (const [index, i] of components.entries())
    for (const j of components.slice(index + 1))
      for (const offset of crossings(i, j)) {
        const x = i.mean + offset
        if (!(Math.abs(x) < farthest)) continue
        const here = logTerm(i, x)
        // if a third component is larger here, log p does not bend
        if (components.some((other) => other !== i && other !== j && logTerm(other, x) > here)) continue
        const slope = Math.abs((x - i.mean) / i.sd ** 2 - (x - j.mean) / j.sd ** 2)
        const width = Math.min(1 / slope, Math.min(i.sd, j.sd))
        const anchor = i.sd <= j.sd ? i.mean : j.mean
        for (const side of bends) points.push({ anchor, offset: i.mean - anchor + offset + side * width })
      }
  return points.sort((one, other) => one.anchor + one.offset - (other.anchor + other.offset))
}

/** Quadrature points of one evaluation: every panel of P's and Q's breakpoints together. */
export function linePoints(breakpoints: number): number {
  return (breakpoints + panelEdges.length - 1) * nodesPerPanel
}
