/** The latent's distribution and the cross-entropy in float64, written as the formulas are. */

/** ln(1 + eˣ) */
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** ln softplus(x), also where softplus(x) is too small for float64. */
const logSoftplus = (x: number) => (x < -40 ? x - Math.exp(x) / 2 : Math.log(softplus(x)))

/** KL(N(μ, σ²) ‖ N(0, 1)) in nats with σ = softplus(x). */
export const rateOf = (mean: number, x: number) => 0.5 * (mean ** 2 + softplus(x) ** 2 - 1) - logSoftplus(x)

/** z [batch, K] and the rates [batch] of encoded [batch, 2 K] and noise [batch, K]. */
export function latentReference(encoded: ArrayLike<number>, noise: ArrayLike<number>, k: number) {
  const latent = Float64Array.from(noise, (normal, i) => {
    const at = 2 * k * Math.floor(i / k) + (i % k)
    return encoded[at] + softplus(encoded[at + k] - 5) * normal
  })
  const rates = Float64Array.from({ length: noise.length / k }, (_, row) => {
    let sum = 0
    for (let i = 2 * k * row; i < 2 * k * row + k; i++) sum += rateOf(encoded[i], encoded[i + k] - 5)
    return sum
  })
  return { latent, rates }
}

/** The largest of `classes` logits from `start` on, and Σ exp(logit − largest). */
function exponentials(logits: ArrayLike<number>, start: number, classes: number) {
  const own = Array.from({ length: classes }, (_, i) => logits[start + i])
  const largest = Math.max(...own)
  return { largest, sum: own.reduce((total, logit) => total + Math.exp(logit - largest), 0) }
}

/** The losses [batch] of logits [batch, classes], in nats. */
export function crossEntropyReference(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    const { largest, sum } = exponentials(logits, row * classes, classes)
    return Math.log(sum) + largest - logits[row * classes + label]
  })
}

/** [batch, classes] */
export function softmaxReference(logits: ArrayLike<number>, classes: number): Float64Array {
  const output = Float64Array.from(logits)
  for (let start = 0; start < logits.length; start += classes) {
    const { largest, sum } = exponentials(logits, start, classes)
    for (let i = start; i < start + classes; i++) output[i] = Math.exp(logits[i] - largest) / sum
  }
  return output
}
