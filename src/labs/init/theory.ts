/**
 * The expected initial loss: expectations over the random table. All losses and entropies are in nats. The V words have
 * independent logits N(0, σ²). A layer-normalised hidden state has ‖h‖² = d, so σ = std·√d exactly, for every h.
 *
 * For independent states the expectations are exact to about nine digits. In tied mode the input word's own logit is
 * taken as normal. It is nearly so: the loss errs by less than 0.6·max(1, std)/d nats, most for ρ = 1.
 */
import { gaussLegendre } from '../common/quadrature.ts'

/** Euler–Mascheroni constant: the mean of a standard Gumbel variable. */
const eulerGamma = 0.5772156649015329
const sqrtTwoPi = Math.sqrt(2 * Math.PI)

/**
 * Density of N(0, σ²) at x, per unit of logit: e^(−x²/2σ²)/(σ√(2π)). Predicted density of one logit h·e_w of a
 * word that is not the input: given h it is exactly normal, as a sum of independent normals. Source: the
 * definition of the normal distribution. Range: σ > 0, every x.
 */
export function normalDensity(sigma: number, x: number): number {
  const g = x / sigma
  return Math.exp(-0.5 * g * g) / (sigma * sqrtTwoPi)
}

/**
 * Variance of one logit h·e_w, d·std²: the entries of e_w are independent N(0, std²), so given h it is
 * ‖h‖²·std², and ‖h‖² = d. Source: variances of independent terms add. Range: a layer-normalised h that is
 * independent of e_w; every d and std. For the input word in tied mode see `ownLogit`.
 */
export function logitVariance(dModel: number, std: number): number {
  return dModel * std * std
}

/** Squares of the midpoints t = ¼, ¾, … 6¼, and e^(−t²) there; beyond them e^(−t²) is negligible. */
const tailStep = 0.5
const tailSquares = Float64Array.from({ length: 13 }, (_, index) => ((index + 0.5) * tailStep) ** 2)
const tailWeights = tailSquares.map((square) => Math.exp(-square))

/**
 * Q(z), the probability that a standard normal exceeds z, with a relative error of rounding. With x = z/√2,
 * Q = (x/π)·e^(−x²)·∫_0^∞ e^(−t²)/(t² + x²) dt. The midpoint rule with step ½ errs by e^(−4π²) of the
 * whole once the residue at the pole t = ix is added, for x < 2π; for larger x no residue is added. Source: Matta &
 * Reichel, Math. Comp. 25 (1971). Range: z ≥ 0.
 */
function upperTail(z: number): number {
  const x = z * Math.SQRT1_2
  let sum = 0
  for (let index = 0; index < tailSquares.length; index++)
    sum += (tailWeights[index] as number) / ((tailSquares[index] as number) + x * x)
  const pole = (2 * Math.PI) / tailStep
  const residue = x < pole / 2 ? 1 / (Math.exp(pole * x) + 1) : 0
  return ((tailStep * x) / Math.PI) * Math.exp(-x * x) * sum + residue
}

/** The part of x = σg − u over which the kernels change: outside they are 0 or 1 to within e^−54. */
const xFrom = -60
const xTo = 4
/** Narrow panels where e^(−e^x) bends, wide ones where only e^x matters; with 20 nodes each, errors are below 1e-12. */
const xEdges = [xFrom, -36, -16, -6, -2, 1, xTo]
const xRule = xEdges.slice(1).flatMap((end, panel) => {
  const start = xEdges[panel] as number
  const half = (end - start) / 2
  return gaussLegendre(20).map(({ node, weight }) => ({
    x: start + (1 + node) * half,
    weight: weight * half,
  }))
})
const xNodes = Float64Array.from(xRule, ({ x }) => x)

/** Where σ ≤ 1: the step in g, and the normal density times it at −20, −19¾, … 12. */
const gStep = 0.25
const gFrom = -20
const gWeights = Float64Array.from(
  { length: 129 },
  (_, index) => gStep * normalDensity(1, gFrom + index * gStep),
)

interface Kernel {
  readonly value: (x: number) => number
  /** For σ ≤ 1, the range of g that counts: about nine deviations around the peaks of density · kernel. */
  readonly from: number
  readonly to: number
  /** The kernel at `xNodes` times the rule’s weights over √(2π). */
  readonly weighted: Float64Array
  /** The side of [xFrom, xTo] on which the kernel is 1. */
  readonly one?: 'above' | 'below'
}

function kernel(value: (x: number) => number, from: number, to: number, one?: Kernel['one']): Kernel {
  const weighted = Float64Array.from(xRule, ({ x, weight }) => (weight * value(x)) / sqrtTwoPi)
  return { value, from, to, one, weighted }
}

const above = kernel((x) => -Math.expm1(-Math.exp(x)), -9, 10, 'above')
const below = kernel((x) => Math.exp(-Math.exp(x)), -20, 9, 'below')
const pair = kernel((x) => (x > 7 ? 0 : Math.exp(2 * x - Math.exp(x))), -9, 12) // e^(−e⁷) is 0

/**
 * Mean over g ~ N(0,1) of kernel(σg − u), at a cost that does not depend on σ. The kernels change over a
 * distance of 1 in x = σg − u and are analytic there, the normal density over 1 in g. So σ ≤ 1: the trapezoidal
 * rule in g, exact to rounding with a step of ¼ (Trefethen & Weideman 2014). σ > 1: Gauss–Legendre panels in x
 * where the kernel changes, and where it is 1 the normal tail. Range: σ > 0.
 */
function gaussianMean({ value, from, to, weighted, one }: Kernel, sigma: number, u: number): number {
  let sum = 0
  if (sigma <= 1) {
    const last = (to - gFrom) / gStep
    for (let index = (from - gFrom) / gStep; index <= last; index++)
      sum += (gWeights[index] as number) * value(sigma * (gFrom + index * gStep) - u)
    return sum
  }
  const scale = -0.5 / (sigma * sigma)
  for (let index = 0; index < xNodes.length; index++) {
    const logit = u + (xNodes[index] as number)
    sum += (weighted[index] as number) * Math.exp(scale * logit * logit)
  }
  sum /= sigma
  if (one === 'above') return sum + upperTail((u + xTo) / sigma)
  return one === 'below' ? sum + upperTail((-xFrom - u) / sigma) : sum
}

/** log F(u), F(u) = E exp(−exp(σg − u)): the probability that one logit plus Gumbel noise stays below u. */
function logDistribution(sigma: number, u: number): number {
  if (sigma < 1e-9) return -Math.exp(-u)
  // computed from the side with the small value, so that rounding loses neither tail
  if (u < 0) return Math.log(Math.max(gaussianMean(below, sigma, u), 1e-300))
  return Math.log1p(-gaussianMean(above, sigma, u))
}

/** A logit raised above the others: the input word's own, N(mean, deviation²). */
export interface OwnLogit {
  readonly mean: number
  readonly deviation: number
}

/** −log P(all V perturbed logits ≤ u), the own logit being one of the V. */
export function negativeLogDistribution(
  vocabulary: number,
  sigma: number,
  u: number,
  own?: OwnLogit,
): number {
  if (!own) return -vocabulary * logDistribution(sigma, u)
  return -(vocabulary - 1) * logDistribution(sigma, u) - logDistribution(own.deviation, u - own.mean)
}

/**
 * A u above which `count` words with N(0, σ²) logits miss 1 by less than e^−33. With w = e^(σg − u), both
 * 1 − e^(−w) and w²e^(−w) are at most w^s for 0 ≤ s ≤ 1, and E w^s = e^(s²σ²/2 − su): the u at which count times
 * that is e^−33, for the best s, √(2λ)/σ or 1, λ = ln count + 33. Range: count ≥ 1, σ ≥ 0.
 */
function highEnd(count: number, sigma: number): number {
  const lambda = Math.log(count) + 33
  const frozen = Math.sqrt(2 * lambda)
  return sigma < frozen ? lambda + (sigma * sigma) / 2 : sigma * frozen
}

/**
 * Ends and step of the integrals over u: from where the distribution is e^−45 to where it misses 1 by 1e-14. The
 * step is a quarter of the distance over which the distribution rises, with which the trapezoidal rule is exact
 * to rounding.
 */
export function integrationRange(vocabulary: number, sigma: number, own?: OwnLogit) {
  // the maximum's spread: σ/√(2 ln V) where extreme values rule, 1 (the Gumbel noise) where many words share
  const spread = Math.max(
    1,
    Math.min(sigma / Math.sqrt(2 * Math.log(vocabulary)), own?.deviation ?? Infinity),
  )
  let to = highEnd(vocabulary, sigma)
  if (own) to = Math.max(to, own.mean + highEnd(1, own.deviation))
  // already one word alone gives less than e^−45 here: Q(10) + e^(−e⁵) is smaller
  let from = own ? own.mean - 10 * own.deviation - 5 : -10 * sigma - 5
  // by bisection, rounded down: that adds only points at which the integrand is 1
  for (let high = to; high - from > 0.2 * spread; ) {
    const middle = (from + high) / 2
    if (negativeLogDistribution(vocabulary, sigma, middle, own) > 45) from = middle
    else high = middle
  }
  const count = Math.max(120, Math.ceil(((to - from) / spread) * 4))
  return { from, to, count, step: (to - from) / count }
}

/**
 * E[log-sum-exp] of V independent N(0, σ²) logits, nats; with `own`, one of them is N(mean, deviation²).
 *
 * Source: the Gumbel-max identity (Gumbel 1954; Maddison, Tarlow & Minka 2014): the largest of lᵢ + Gᵢ is
 * LSE(l) + G, so E[LSE] = E[max] − γ = a + ∫_a^b (1 − F(u)^V) du − γ. Range: every σ ≥ 0 and V ≥ 1.
 */
export function expectedLogSumExp(vocabulary: number, sigma: number, own?: OwnLogit): number {
  const { from, count, step } = integrationRange(vocabulary, sigma, own)
  let sum = 0.5 // at `from` the integrand is 1, at the other end 0
  for (let index = 1; index < count; index++)
    sum += -Math.expm1(-negativeLogDistribution(vocabulary, sigma, from + index * step, own))
  return from + sum * step - eulerGamma
}

/**
 * E[entropy of the softmax], nats: H = LSE − Σ p·l, and Σ p·l is the derivative of LSE when all logits are
 * scaled by τ, at τ = 1. Fourth-order central difference, good to about 1e-9 nats. Range as `expectedLogSumExp`.
 */
export function expectedEntropy(vocabulary: number, sigma: number, own?: OwnLogit): number {
  const scaled = (tau: number) =>
    expectedLogSumExp(
      vocabulary,
      sigma * tau,
      own && { mean: own.mean * tau, deviation: own.deviation * tau },
    )
  const h = 0.01
  const derivative =
    (8 * (scaled(1 + h) - scaled(1 - h)) - (scaled(1 + 2 * h) - scaled(1 - 2 * h))) / (12 * h)
  // an entropy is never negative, but rounding can make the difference of two almost equal numbers negative
  return Math.max(0, scaled(1) - derivative)
}

/**
 * E[Σ p²], without an own logit. From 1/Z² = ∫ s·e^(−sZ) ds with s = e^(−u): E[Σ p²] =
 * V ∫ E[w²e^(−w)] F(u)^(V−1) du, w = exp(σg − u). Range as `expectedLogSumExp`.
 */
export function expectedSumSquaredProbability(vocabulary: number, sigma: number): number {
  const { from, count, step } = integrationRange(vocabulary, sigma)
  let sum = 0
  for (let index = 0; index <= count; index++) {
    const u = from + index * step
    const both = sigma < 1e-9 ? pair.value(-u) : gaussianMean(pair, sigma, u)
    sum += both * Math.exp((vocabulary - 1) * logDistribution(sigma, u))
  }
  return vocabulary * sum * step
}

/**
 * The own logit h·e_x when h = LayerNorm(ρ·z + √(1−ρ²)·n), e_x = std·z, z and n independent N(0, I_d): mean
 * about ρ·std·d (here to the next order, ρ·std·(d − ¾), by the delta method: −¼ from the normalisation of the
 * length, −½ from the normalisation of the mean) and the variance to leading order. Range: d ≥ 16.
 */
export function ownLogit(dModel: number, std: number, alignment: number): OwnLogit {
  const rho2 = alignment * alignment
  const kappa2 = 1 - rho2
  // h·z/√d = √d·(ρa + κc)/√(ρ²a + 2ρκc + κ²b), a = |z|²/d, b = |n|²/d, c = z·n/d: Var a = Var b = 2/d, Var c = 1/d
  const variance = 2 * rho2 * (1 - rho2 / 2) ** 2 + kappa2 * kappa2 * kappa2 + (rho2 * kappa2 * kappa2) / 2
  return { mean: alignment * std * (dModel - 0.75), deviation: std * Math.sqrt(dModel * variance) }
}

/**
 * The first loss, nats: E[log-sum-exp] minus the target's mean logit. The target is a uniformly random word. With
 * probability 1/V it is the input word; otherwise its mean logit is 0. `alignment` only in tied mode.
 */
export function expectedLoss(vocabulary: number, dModel: number, std: number, alignment?: number): number {
  const own = alignment === undefined ? undefined : ownLogit(dModel, std, alignment)
  return expectedLogSumExp(vocabulary, std * Math.sqrt(dModel), own) - (own ? own.mean / vocabulary : 0)
}

/** ln V + σ²/2, nats: log of the mean of e^l. Within 0.3 % of the expectation for σ ≤ 2 at real vocabulary sizes. */
export function smallSigmaLoss(vocabulary: number, sigma: number): number {
  return Math.log(vocabulary) + (sigma * sigma) / 2
}

/** σ·√(2 ln V), nats: the frozen softmax, σ beyond √(2 ln V). Overshoots by about 10 % at real vocabulary sizes. */
export function frozenLoss(vocabulary: number, sigma: number): number {
  return sigma * Math.sqrt(2 * Math.log(vocabulary))
}
