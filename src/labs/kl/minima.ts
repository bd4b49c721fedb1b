/** The local minima of every objective on the line, found in float64 from many starts. */
import type { Divergence, MixtureComponent } from '../../compute/backend.ts'
import { gaussLegendre } from '../common/quadrature.ts'
import type { Optimum } from './frame.ts'
import { minimise, type Objective, polish } from './minimise.ts'
import { evaluate, fineRule, lineTarget, momentMatch } from './theory.ts'

/** Quadrature rule of the search. Its results are polished with `fineRule`. */
const searchRule = gaussLegendre(6)

interface Start {
  readonly mu: number
  readonly sigma: number
}

/** Starts of the search: every component, merged moments of every pair, P's moments, and a coarse lattice around. */
function startingPoints(components: readonly MixtureComponent[]): Start[] {
  const whole = momentMatch(components)
  const pairs = components.flatMap((one, index) =>
    components.slice(index + 1).map((other) => {
      const total = one.weight + other.weight
      return momentMatch([one, other].map((each) => ({ ...each, weight: each.weight / total })))
    }),
  )
  const lattice = [-1.2, -0.4, 0.4, 1.2].flatMap((shift) =>
    [0.2, 0.6].map((factor) => ({ mu: whole.mu + shift * whole.sigma, sigma: factor * whole.sigma })),
  )
  return [...components.map(({ mean, sd }) => ({ mu: mean, sigma: sd })), ...pairs, whole, ...lattice]
}

/** Two descents have met if they are nearer than this, in units of σ and of log σ. */
const meeting = 0.02

const met = (one: Start, other: Start) =>
  Math.abs(one.mu - other.mu) < meeting * other.sigma && Math.abs(Math.log(one.sigma / other.sigma)) < meeting

/**
 * The local minima of an objective, best first. For forward (and alpha at α = 1) this is exactly the moment match; for
 * other objectives descents from many starts find the minima. `fixedSigma`: minima over μ only. The divergence of
 * chiSquared is χ² itself. Empty where the objective is infinite everywhere (chiSquared with too small a fixed σ).
 */
export function localMinima(
  kind: Divergence,
  components: readonly MixtureComponent[],
  { alpha = 0.5, fixedSigma }: { readonly alpha?: number; readonly fixedSigma?: number } = {},
): Optimum[] {
  const target = lineTarget(components, kind, alpha)
  const optimum = (mu: number, sigma: number): Optimum => {
    const { value } = evaluate(kind, target, mu, sigma, alpha, fineRule)
    return { mu, sigma, divergence: kind === 'chiSquared' ? Math.expm1(value) : value }
  }
  if (kind === 'forward' || (kind === 'alpha' && alpha === 1)) {
    const { mu, sigma } = momentMatch(components)
    return [optimum(mu, fixedSigma ?? sigma)]
  }

  // a point is (μ, log σ), or μ alone
  const sigmaOf = (point: readonly number[]) => fixedSigma ?? Math.exp(point[1])
  const objective =
    (rule: typeof fineRule): Objective =>
    (point) => {
      const { value, gradient } = evaluate(kind, target, point[0], sigmaOf(point), alpha, rule)
      return { value, gradient: fixedSigma === undefined ? gradient : [gradient[0]] }
    }
  const scaleOf = (sigma: number) => (fixedSigma === undefined ? [sigma, 1] : [sigma])

  // χ² is finite at this σ
  const least = kind === 'chiSquared' ? Math.max(...components.map(({ sd }) => 0.75 * sd)) : 0
  const reached: Start[] = []
  const minima: Optimum[] = []
  for (const start of startingPoints(components)) {
    const sigma = fixedSigma ?? Math.max(start.sigma, least)
    const from = fixedSigma === undefined ? [start.mu, Math.log(sigma)] : [start.mu]
    const end = minimise(objective(searchRule), from, scaleOf(sigma), 1e-4)
    if (!end) continue
    const place = { mu: end[0], sigma: sigmaOf(end) }
    if (reached.some((other) => met(place, other))) continue
    reached.push(place)
    const point = polish(objective(fineRule), end, scaleOf(place.sigma))
    if (!point) continue
    const found = optimum(point[0], sigmaOf(point))
    if (!minima.some((other) => met(found, other))) minima.push(found)
  }
  return minima.sort((one, other) => one.divergence - other.divergence)
}
