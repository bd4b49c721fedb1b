/** References for the KL lab's theory: a dense trapezoid rule, independent of the theory's panels, and mixtures. */
import fc from 'fast-check'
import type { Divergence, MixtureComponent } from '../../src/compute/backend.ts'

export const allKinds: readonly Divergence[] = [
  'forward',
  'reverse',
  'jeffreys',
  'jensenShannon',
  'alpha',
  'chiSquared',
]

export const mixture = (...rows: [weight: number, mean: number, sd: number][]): MixtureComponent[] =>
  rows.map(([weight, mean, sd]) => ({ weight, mean, sd }))

export const bimodal = mixture([0.5, -3, 1], [0.5, 3, 1])
export const unequal = mixture([0.7, -3, 1], [0.3, 3, 1])
/** Far from every mode: its densities are at most e^−200 where Q = N(1, 0.3²) has mass. */
export const spikes = mixture([0.5, -5, 0.2], [0.5, 5, 0.2])

/** Random mixtures of `least` to `most` components, sd 0.05 to 3, within ±8; made from whole numbers, which shrink well. */
export const mixtures = (least = 1, most = 4) =>
  fc
    .array(
      fc.record({
        weight: fc.integer({ min: 1, max: 50 }),
        mean: fc.integer({ min: -80, max: 80 }).map((tenths) => tenths / 10),
        sd: fc.integer({ min: 5, max: 300 }).map((hundredths) => hundredths / 100),
      }),
      { minLength: least, maxLength: most },
    )
    .map((rows) => {
      const total = rows.reduce((sum, { weight }) => sum + weight, 0)
      return rows.map((row) => ({ ...row, weight: row.weight / total }))
    })

/** Random Q. */
export const gaussians = fc.record({
  mu: fc.integer({ min: -100, max: 100 }).map((tenths) => tenths / 10),
  sigma: fc.integer({ min: 10, max: 400 }).map((hundredths) => hundredths / 100),
})

/** log of weight · N(x; mean, sd²), for many x. */
function logGaussian(mean: number, sd: number, weight = 1): (x: number) => number {
  const top = Math.log(weight) - Math.log(sd * Math.sqrt(2 * Math.PI))
  return (x) => top - (x - mean) ** 2 / (2 * sd * sd)
}

function logDensity(components: readonly MixtureComponent[]): (x: number) => number {
  const parts = components.map(({ weight, mean, sd }) => logGaussian(mean, sd, weight))
  const logs = new Float64Array(parts.length)
  return (x) => {
    let largest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < parts.length; i++) {
      logs[i] = parts[i](x)
      largest = Math.max(largest, logs[i])
    }
    let sum = 0
    for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i] - largest)
    return largest + Math.log(sum)
  }
}

/** The divergence by its textbook formula and the trapezoid rule with `step`; for α away from 0 and 1. */
export function reference(
  kind: Divergence,
  components: readonly MixtureComponent[],
  mu: number,
  sigma: number,
  { alpha = 0.5, step = 1 / 512, reach = 12 }: { alpha?: number; step?: number; reach?: number } = {},
): number {
  const all = [...components, { mean: mu, sd: sigma }]
  const from = Math.min(...all.map(({ mean, sd }) => mean - reach * sd))
  const to = Math.max(...all.map(({ mean, sd }) => mean + reach * sd))
  const [pAt, qAt] = [logDensity(components), logGaussian(mu, sigma)]
  let sum = 0
  for (let x = from; x <= to; x += step) {
    const logP = pAt(x)
    const logQ = qAt(x)
    const [p, q] = [Math.exp(logP), Math.exp(logQ)]
    const m = (p + q) / 2
    if (kind === 'forward') sum += p * (logP - logQ)
    if (kind === 'reverse') sum += q * (logQ - logP)
    if (kind === 'jeffreys') sum += (p - q) * (logP - logQ)
    if (kind === 'jensenShannon' && m > 0)
      sum += (p > 0 ? 0.5 * p * Math.log(p / m) : 0) + (q > 0 ? 0.5 * q * Math.log(q / m) : 0)
    if (kind === 'alpha') sum += Math.exp(alpha * logP + (1 - alpha) * logQ)
    if (kind === 'chiSquared') sum += Math.exp(2 * logP - logQ)
  }
  const integral = sum * step
  if (kind === 'alpha') return (1 - integral) / (alpha * (1 - alpha))
  return kind === 'chiSquared' ? integral - 1 : integral
}
