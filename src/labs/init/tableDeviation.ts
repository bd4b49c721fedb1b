/**
 * Deviation of a table's own mean loss and entropy from their expectations over all tables, nats. No number of tokens
 * averages it out, because all tokens of a run share one table.
 *
 * Two tokens' states h and h' are independent, with a cosine c. Given c, the logits of one word are two normals with
 * correlation c, and words are independent. The covariance of the two tokens' log-sum-exp is then, by Mehler's formula
 * (1866), Σ_k cᵏ·V·J_k² up to terms of order 1/V², where J_k is the coefficient of E[LSE | one word's logit σg] at the
 * Hermite polynomial he_k(g)/√k!. By the Gumbel-max identity (theory.ts) J_k = ∫ F(u)^(V−1)·r_k(u) du with r_k the
 * same coefficient of 1 − exp(−e^(σg−u)). A table's variance is the mean over c. The odd moments of c vanish, so to
 * leading order the variance is σ⁴·(1 − E Σp²)²/(2·d·V).
 */
import { integrationRange, negativeLogDistribution, normalDensity, ownLogit } from './theory.ts'

/** Hermite orders: at d = 16 and the largest vocabulary the last one is less than a hundredth of the whole. */
const orders = 20
const roots = Float64Array.from({ length: orders + 1 }, (_, k) => Math.sqrt(k))
const inverseRoots = roots.map((root) => 1 / root)
/** The integrand is smooth: a quarter of the points is enough that the expectations need for nine digits. */
const stride = 4

/**
 * Adds to `sums` the coefficients r_1 … r_K at u, times `weight`. Integrated by parts:
 * r_k = ∫ he_(k−1)(g)·φ(g)/√k! · e^(x − e^x) dx, x = σg − u, by the trapezoidal rule.
 */
function addCoefficients(sums: Float64Array, weight: number, sigma: number, u: number): void {
  const step = Math.min(0.8, 0.6 * sigma)
  const from = Math.max(-10 * sigma, Math.min(sigma * sigma, u) - Math.min(9 * sigma, 25)) - u
  const to = Math.min(10 * sigma - u, 3)
  for (let x = from; x <= to; x += step) {
    const g = (u + x) / sigma
    let previous = 0
    let polynomial = weight * step * normalDensity(1, g) * Math.exp(x - Math.exp(x))
    for (let k = 1; k < sums.length; k++) {
      sums[k] += polynomial * inverseRoots[k]
      const next = (g * polynomial - roots[k - 1] * previous) * inverseRoots[k]
      previous = polynomial
      polynomial = next
    }
  }
}

/**
 * Independent parts of the log-sum-exp's deviation: the sum of their squares is its variance over tables. Range:
 * d ≥ 16; in tied mode within a fifth at d = 16, where the input word's own logit is far from linear in its length.
 */
function deviations(vocabulary: number, dModel: number, std: number, alignment?: number): number[] {
  const sigma = std * Math.sqrt(dModel)
  const own = alignment === undefined ? undefined : ownLogit(dModel, std, alignment)
  const range = integrationRange(vocabulary, sigma, own)
  const step = range.step * stride
  const coefficients = new Float64Array(orders + 1)
  const ownCoefficient = new Float64Array(2)
  for (let u = range.from; u < range.to; u += step) {
    const below = Math.exp(-negativeLogDistribution(vocabulary, sigma, u, own))
    if (below > 1e-6 && below < 1 - 1e-6) addCoefficients(coefficients, step * below, sigma, u)
    if (!own) continue
    const others = Math.exp(-negativeLogDistribution(vocabulary - 1, sigma, u))
    if (others > 1e-6) addCoefficients(ownCoefficient, step * others, own.deviation, u - own.mean)
  }
  // the layer norm removes the mean, so the states are random directions in d − 1 dimensions
  const directions = dModel - 1
  const parts: number[] = []
  let moment = 1
  for (let k = 2; k <= orders; k += 2) {
    moment *= (k - 1) / (directions + k - 2)
    parts.push(Math.sqrt(vocabulary * moment) * coefficients[k])
  }
  if (alignment === undefined || !own) return parts
  // a word with a long embedding also raises its own logit, for the tokens with this input word: one in V
  const probability = ownCoefficient[1] / own.deviation
  const slope = probability * alignment * std * dModel * (1 - alignment ** 2 / 2)
  parts[0] += slope * Math.sqrt(2 / (directions * vocabulary))
  return parts
}

export interface TableDeviation {
  readonly loss: number
  readonly entropy: number
}

/**
 * Standard error of the measured standard deviation of all logits. For each word, the logits of two tokens are normals
 * with a correlation c. Their squares have the covariance 2σ⁴c², and E[c²] = 1/(d − 1) for independent tokens. Words
 * are independent. The mean square over V words and T tokens then has the variance
 * 2σ⁴·(1/T + (1 − 1/T)/(d − 1))/V. Its root is the standard deviation: its variance is this one divided by 4σ².
 */
export function logitStdError(sigma: number, words: number, dModel: number, tokens: number): number {
  const ofTokens = 1 / tokens + (1 - 1 / tokens) / (dModel - 1)
  return sigma * Math.sqrt(ofTokens / (2 * words))
}

/** Standard deviations over tables, nats. The entropy is LSE minus its derivative by a scale of all logits. */
export function tableDeviation(
  vocabulary: number,
  dModel: number,
  std: number,
  alignment?: number,
): TableDeviation {
  const h = 0.05
  const scaled = (tau: number) => deviations(vocabulary, dModel, std * tau, alignment)
  const [less, loss, more] = [scaled(1 - h), scaled(1), scaled(1 + h)]
  const entropy = loss.map((part, index) => part - (more[index] - less[index]) / (2 * h))
  return { loss: Math.hypot(...loss), entropy: Math.hypot(...entropy) }
}
