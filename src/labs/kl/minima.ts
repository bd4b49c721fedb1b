/** The local minima of every objective on the line, found in float64 from many starts. */
import type { Divergence, MixtureComponent } from '../../compute/backend.ts'
import { gaussLegendre } from '../common/quadrature.ts'
import type { Optimum } from './frame.ts'
import { minimaFrom, type Objective, surveyOf } from './minimise.ts'
import { evaluate, fineRule, lineTarget, momentMatch } from './theory.ts'

/** Quadrature rule of the search. Minima are tested with `fineRule` and with finer ones. */
const searchRule = gaussLegendre(6)
const testRules = [fineRule, gaussLegendre(24), gaussLegendre(36)]

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
  const scaleOf = (point: readonly number[]) => [sigmaOf(point), 1].slice(0, point.length)

  // χ² is finite at this σ
  const least = kind === 'chiSquared' ? Math.max(...components.map(({ sd }) => 0.75 * sd)) : 0
  const starts = startingPoints(components).map(({ mu, sigma }) =>
    fixedSigma === undefined ? [mu, Math.log(Math.max(sigma, least))] : [mu],
  )
  const surveys = testRules.map((rule) => surveyOf(objective(rule), scaleOf))
  return minimaFrom(starts, { rough: objective(searchRule), fine: objective(fineRule), surveys, scaleOf })
    .map((point) => optimum(point[0], sigmaOf(point)))
    .sort((one, other) => one.divergence - other.divergence)
}
