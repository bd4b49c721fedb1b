/**
 * Divergences of a Gaussian Q = N(μ, σ²) from a mixture P on the line, in float64. The backends' fits are compared with
 * them, and the page reports them. All are in nats except alpha and chiSquared, which have no unit. All terms are in
 * log space, so that values and gradients are right at any distance of Q from the modes.
 *
 * Gradients, with r = log(p/q): for a divergence ∫ q f(p/q) let h(r) be its derivative with respect to q(x). Then ∂D =
 * ∫ h ∂q. Since ∂q/∂μ = −q′ and ∂q/∂log σ = −((x − μ) q)′, integration by parts gives ∂D/∂(μ, log σ) = ∫ q h′(r) r′ (1,
 * x − μ) dx with r′ = (log p)′ − (log q)′. There is no division by α or 1 − α, and no cancellation where r is large.
 * The weight −q h′(r) is p for forward, q for reverse, p + q for Jeffreys, ½ p q/(p + q) for Jensen–Shannon, and p^α
 * q^(1−α) for alpha.
 */
import type { Divergence, MixtureComponent } from '../../compute/backend.ts'
import { tailsFor } from '../../compute/fits.ts'
import { bendEdges, lineBreakpoints, panelEdges, tailedEdges } from '../../compute/lineGrid.ts'
import { gaussLegendre } from '../common/quadrature.ts'

const logSqrtTwoPi = 0.5 * Math.log(2 * Math.PI)

/** log N(x; mu, sigma²). */
export function logNormal(x: number, mu: number, sigma: number): number {
  return -0.5 * ((x - mu) / sigma) ** 2 - Math.log(sigma) - logSqrtTwoPi
}

/** log Σ_j exp(terms_j), without overflow. */
function logSumExp(terms: readonly number[]): number {
  const largest = Math.max(...terms)
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0))
}

/** log p(x). */
export function logMixture(components: readonly MixtureComponent[], x: number): number {
  return logSumExp(components.map(({ weight, mean, sd }) => Math.log(weight) + logNormal(x, mean, sd)))
}

/** A divergence and its derivatives. */
export interface Evaluation {
  readonly value: number
  /** With respect to μ and to log σ. */
  readonly gradient: readonly [number, number]
}

/**
 * Panels beyond the backends' outermost ones: the mass of 3e-12 there may weigh a million times more in a gradient. Up
 * to 10 only 2e-23 is left out.
 */
const furtherEdges = [-10, -8.5, 8.5, 10]
const reach = 10
/** Further panels about a bend of log p: 4 leave e^−4 of it, which counts where the broad minimum is nearly flat. */
const furtherBends = [-36, -16, -8, ...bendEdges, 8, 16, 36]

const ascending = (one: number, other: number) => one - other

/** The constants of P for all Q. */
export interface LineTarget {
  readonly components: readonly MixtureComponent[]
  /** Edges of P's panels, ascending. Without anchors float64 resolves an sd of 1e-3 at 100 to 1e-11 of itself. */
  readonly breakpoints: readonly number[]
  /** For each component: log(weight / (sd √2π)), mean, 1 / sd. */
  readonly logHeights: Float64Array
  readonly means: Float64Array
  readonly inverseSds: Float64Array
  /** One term a component, overwritten by every evaluation. */
  readonly terms: Float64Array
}

/** Edges of the panels of P's or Q's Gaussians, in standard deviations; farther ones for a D_α, as in the backends. */
const edgesOf = (whose: 'P' | 'Q', kind: Divergence, alpha: number) =>
  kind === 'alpha' && alpha < 1 && tailsFor(alpha) === whose ? tailedEdges : panelEdges

export function lineTarget(
  components: readonly MixtureComponent[],
  kind: Divergence = 'forward',
  alpha = 0.5,
): LineTarget {
  const breakpoints = lineBreakpoints(components, edgesOf('P', kind, alpha), furtherBends).map(
    ({ anchor, offset }) => anchor + offset,
  )
  for (const { mean, sd } of components) for (const edge of furtherEdges) breakpoints.push(mean + edge * sd)
  return {
    components,
    breakpoints: breakpoints.sort(ascending),
    logHeights: Float64Array.from(components, ({ weight, sd }) => Math.log(weight / sd) - logSqrtTwoPi),
    means: Float64Array.from(components, ({ mean }) => mean),
    inverseSds: Float64Array.from(components, ({ sd }) => 1 / sd),
    terms: new Float64Array(components.length),
  }
}

/** Smaller terms, e^−60 of the largest, are negligible even after a division by 1e-3². */
const negligible = -60

/** log p and (log p)′ at x, written into `density`. */
function evaluateMixture({ logHeights, means, inverseSds, terms }: LineTarget, x: number, density: Density) {
  let largest = Number.NEGATIVE_INFINITY
  for (let j = 0; j < terms.length; j++) {
    const z = (x - means[j]) * inverseSds[j]
    terms[j] = logHeights[j] - 0.5 * z * z
    if (terms[j] > largest) largest = terms[j]
  }
  let sum = 0
  let slope = 0
  for (let j = 0; j < terms.length; j++) {
    const below = terms[j] - largest
    if (below < negligible) continue
    const share = Math.exp(below)
    sum += share
    slope -= share * (x - means[j]) * inverseSds[j] * inverseSds[j]
  }
  density.log = largest + Math.log(sum)
  density.slope = slope / sum
}

interface Density {
  log: number
  slope: number
}

/**
 * (e^(rate·r) − 1)/rate · e^logDensity; at rate 0 this is r e^logDensity. No cancellation for small rates, no overflow
 * for large ones.
 */
function scaledPower(logDensity: number, r: number, rate: number): number {
  if (rate === 0) return r * Math.exp(logDensity)
  if (rate * r > 1) return (Math.exp(logDensity + rate * r) - Math.exp(logDensity)) / rate
  return (Math.exp(logDensity) * Math.expm1(rate * r)) / rate
}

interface Integrands {
  value: number
  /** −q h′(r): the weight in the gradient's integrand. */
  weight: number
}

/**
 * The integrands at a point with these densities, written into `here`. For alpha the value's integrand is (α p + (1 −
 * α) q − p^α q^(1−α))/(α(1−α)). Its integral is D_α because p and q integrate to 1, and it is never negative.
 */
export function integrate(kind: Divergence, logP: number, logQ: number, alpha: number, here: Integrands) {
  const p = Math.exp(logP)
  const q = Math.exp(logQ)
  const r = logP - logQ
  switch (kind) {
    case 'forward':
      here.value = p * r
      here.weight = p
      return
    case 'reverse':
      here.value = -q * r
      here.weight = q
      return
    case 'jeffreys':
      here.value = (p - q) * r
      here.weight = p + q
      return
    case 'jensenShannon': {
      // log(1 + e^±r), without overflow or cancellation; p log(p/m) and q log(q/m) consist of it
      const common = Math.log1p(Math.exp(-Math.abs(r)))
      const above = common + Math.max(r, 0)
      const below = common + Math.max(-r, 0)
      here.value = 0.5 * (p * (Math.LN2 - below) + q * (Math.LN2 - above))
      here.weight = 0.5 * Math.exp(logQ - below)
      return
    }
    default:
      here.value =
        alpha < 0.5
          ? (p - q - scaledPower(logQ, r, alpha)) / (1 - alpha)
          : (q - p - scaledPower(logP, -r, 1 - alpha)) / alpha
      here.weight = Math.exp(alpha * logP + (1 - alpha) * logQ)
  }
}

type Rule = ReturnType<typeof gaussLegendre>

/** Quadrature rule of `divergence` in every panel. */
export const fineRule: Rule = gaussLegendre(16)

/**
 * A divergence by quadrature with `rule` in every panel between the edges of P and Q. chiSquared has a closed form; its
 * value here is ln(1 + χ²), the descended objective.
 */
export function evaluate(
  kind: Divergence,
  target: LineTarget,
  mu: number,
  sigma: number,
  alpha: number,
  rule: Rule,
): Evaluation {
  if (kind === 'chiSquared') return logChiSquared(target.components, mu, sigma)
  const edges = [...edgesOf('Q', kind, alpha), ...furtherEdges].map((edge) => mu + edge * sigma)
  const breakpoints = [...target.breakpoints, ...edges].sort(ascending)
  const logHeight = -Math.log(sigma) - logSqrtTwoPi
  const density: Density = { log: 0, slope: 0 }
  const here: Integrands = { value: 0, weight: 0 }
  let value = 0
  let alongMu = 0
  let alongLogSigma = 0
  for (let panel = 1; panel < breakpoints.length; panel++) {
    const half = 0.5 * (breakpoints[panel] - breakpoints[panel - 1])
    const middle = breakpoints[panel - 1] + half
    // reverse KL weighs everything by q, which is negligible here
    if (half === 0 || (kind === 'reverse' && Math.abs(middle - mu) - half > reach * sigma)) continue
    for (let index = 0; index < rule.length; index++) {
      const x = middle + half * rule[index].node
      const z = (x - mu) / sigma
      const logQ = logHeight - 0.5 * z * z
      evaluateMixture(target, x, density)
      const width = half * rule[index].weight
      integrate(kind, density.log, logQ, alpha, here)
      value += width * here.value
      const pull = width * here.weight * (density.slope + z / sigma)
      alongMu -= pull
      alongLogSigma -= pull * (x - mu)
    }
  }
  // a divergence is never below 0, but rounding may put the sum there
  return { value: Math.max(0, value), gradient: [alongMu, alongLogSigma] }
}

/** χ² is finite only for σ above this. Source: p²/q of the widest component has a precision 2/s² − 1/σ². */
export function leastChiSquaredSigma(components: readonly MixtureComponent[]): number {
  return Math.max(...components.map(({ sd }) => sd)) / Math.SQRT2
}

/**
 * ln(1 + χ²(P‖Q)) = ln ∫ p²/q and its gradient −E[∂log q] under p²/q normalised. Every product of two components over q
 * is a Gaussian of precision 1/s_i² + 1/s_j² − 1/σ², so all terms have a closed form. Infinity, with a gradient of NaN,
 * where the widest component's precision is not above 0.
 */
function logChiSquared(components: readonly MixtureComponent[], mu: number, sigma: number): Evaluation {
  if (components.some(({ sd }) => sigma ** 2 <= sd ** 2 / 2))
    return { value: Number.POSITIVE_INFINITY, gradient: [Number.NaN, Number.NaN] }
  // for every pair: the log of its integral, and the mean and second moment of (x − μ)/σ under it
  const pairs = components.flatMap((i) =>
    components.map((j) => {
      const [a, b] = [sigma / i.sd, sigma / j.sd]
      const [u, v] = [(i.mean - mu) / i.sd, (j.mean - mu) / j.sd]
      const precision = a * a + b * b - 1
      const mean = (a * u + b * v) / precision
      const squares = ((b * u - a * v) ** 2 - u * u - v * v) / precision
      const log = Math.log((i.weight * j.weight * a * b) / Math.sqrt(precision)) - 0.5 * squares
      return { log, mean, square: 1 / precision + mean ** 2 }
    }),
  )
  const value = logSumExp(pairs.map(({ log }) => log))
  let alongMu = 0
  let alongLogSigma = 0
  for (const { log, mean, square } of pairs) {
    const share = Math.exp(log - value)
    alongMu -= (share * mean) / sigma
    alongLogSigma -= share * (square - 1)
  }
  return { value: Math.max(0, value), gradient: [alongMu, alongLogSigma] }
}

/**
 * A divergence of Q = N(mu, sigma²) from P, and its gradient. For chiSquared the value is χ² itself and the gradient
 * that of ln(1 + χ²). χ² is Infinity, with a gradient of NaN, where sigma² is not above half of every component's
 * variance; also, with a finite gradient, where χ² is above 1e308. `alpha` 0…1, for the divergence alpha. Source:
 * Minka, "Divergence measures and message passing" (2005). Range: sds from 1e-3, within ±1e6, sigma e^±40.
 */
export function divergence(
  kind: Divergence,
  components: readonly MixtureComponent[],
  mu: number,
  sigma: number,
  alpha = 0.5,
): Evaluation {
  const { value, gradient } = evaluate(
    kind,
    lineTarget(seenFrom(mu, components), kind, alpha),
    0,
    sigma,
    alpha,
    fineRule,
  )
  return { value: kind === 'chiSquared' ? Math.expm1(value) : value, gradient }
}

/** Moves Q's mean to 0, because float64 cannot resolve a diverged fit's σ of e^−40 beside a μ of 1. */
function seenFrom(mu: number, components: readonly MixtureComponent[]): MixtureComponent[] {
  return components.map((component) => ({ ...component, mean: component.mean - mu }))
}

/** P's mean and standard deviation: the Gaussian of least forward KL. Source: the gradient is 0 exactly there. */
export function momentMatch(components: readonly MixtureComponent[]): {
  readonly mu: number
  readonly sigma: number
} {
  const mu = components.reduce((sum, { weight, mean }) => sum + weight * mean, 0)
  const variance = components.reduce(
    (sum, { weight, mean, sd }) => sum + weight * (sd ** 2 + (mean - mu) ** 2),
    0,
  )
  return { mu, sigma: Math.sqrt(variance) }
}

/** Upper bound of a standard normal's mass beyond z > 0. Source: Mills' ratio. */
const tailBound = (z: number) => Math.exp(logNormal(z, 0, 1)) / z

/**
 * Upper bound of P's and Q's mass, together, outside the panels of the backends. It is never above 4 · 1.3e-12, so that
 * no page has to warn of it: every Gaussian, Q too, has its own panels up to 7 of its standard deviations on both
 * sides.
 */
export function outsideMass(components: readonly MixtureComponent[], mu: number, sigma: number): number {
  const last = panelEdges[panelEdges.length - 1]
  const gaussians = [...components, { weight: 1, mean: mu, sd: sigma }]
  // distances between means, not places: at 1e17 float64 does not resolve an sd of 1
  return gaussians.reduce((sum, { weight, mean, sd }) => {
    const above = Math.max(...gaussians.map((other) => (other.mean - mean + last * other.sd) / sd))
    const below = Math.max(...gaussians.map((other) => (mean - other.mean + last * other.sd) / sd))
    return sum + weight * (tailBound(above) + tailBound(below))
  }, 0)
}
