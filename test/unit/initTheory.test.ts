import { describe, expect, it } from 'vitest'
import { logitStdError, tableDeviation } from '../../src/labs/init/tableDeviation.ts'
import {
  expectedEntropy,
  expectedLogSumExp,
  expectedLoss,
  expectedSumSquaredProbability,
  frozenLoss,
  logitVariance,
  normalDensity,
  type OwnLogit,
  ownLogit,
  smallSigmaLoss,
} from '../../src/labs/init/theory.ts'

/** Independently computed, exact to the digits given: [V, σ, loss, entropy, Σp²]. */
const references: [number, number, number, number?, number?][] = [
  [32000, 8, 33.5911, 1.307, 0.49556],
  [8192, Math.sqrt(512), 86.1856],
  [50257, Math.sqrt(768), 117.4054, 0.2811, 0.84749],
  [50257, 0.02 * Math.sqrt(768), 10.9785],
  [50257, 1, 11.3249, 10.3249],
  [50257, 2, 12.8244],
]

describe('expected log-sum-exp, entropy and Σp²', () => {
  it.each(references)('V = %d, σ = %d', (vocabulary, sigma, loss, entropy, squared) => {
    expect(expectedLogSumExp(vocabulary, sigma)).toBeCloseTo(loss, 4)
    if (entropy !== undefined) expect(expectedEntropy(vocabulary, sigma)).toBeCloseTo(entropy, 4)
    if (squared !== undefined)
      expect(expectedSumSquaredProbability(vocabulary, sigma)).toBeCloseTo(squared, 5)
  })

  it('is ln V at σ = 0 and one logit’s mean at V = 1', () => {
    expect(expectedLogSumExp(50257, 0)).toBeCloseTo(Math.log(50257), 8)
    expect(expectedEntropy(50257, 0)).toBeCloseTo(Math.log(50257), 8)
    expect(expectedSumSquaredProbability(1000, 0)).toBeCloseTo(1 / 1000, 9)
    expect(expectedLogSumExp(1, 3)).toBeCloseTo(0, 6)
  })

  it('grows with σ and with V, from the least to the largest the lab permits', () => {
    const sigmas = [1e-3, 0.1, 0.5, 1, 2, 4, 8, 16, 64, 640]
    const losses = sigmas.map((sigma) => expectedLogSumExp(262144, sigma))
    for (const [index, loss] of losses.entries()) {
      expect(loss).toBeGreaterThan(losses[index - 1] ?? 0)
      expect(loss).toBeGreaterThan(expectedLogSumExp(1000, sigmas[index]))
    }
  })

  it('the short formulas hold in the ranges they state', () => {
    for (const vocabulary of [1000, 8192, 50257, 262144]) {
      for (const sigma of [0.1, 0.5, 1, 1.5, 2]) {
        const ratio = smallSigmaLoss(vocabulary, sigma) / expectedLogSumExp(vocabulary, sigma)
        expect(Math.abs(ratio - 1)).toBeLessThan(0.003)
      }
      const frozen = frozenLoss(vocabulary, 30) / expectedLogSumExp(vocabulary, 30)
      expect(frozen).toBeGreaterThan(1.05)
      expect(frozen).toBeLessThan(1.15)
    }
  })
})

/**
 * The same expectation by the simplest rules: 1 − F by the trapezoidal rule over the logit in steps of ⅛, as running
 * sums to the end of the normal density; then a sum over u. For σ ≥ 1 and V ≥ 1,000.
 */
function plainLogSumExp(vocabulary: number, sigma: number, own?: OwnLogit): number {
  const step = 1 / 8
  const missOf = (deviation: number) => {
    const half = Math.ceil((12 * deviation) / step)
    const density = Array.from(
      { length: 2 * half + 1 },
      (_, k) =>
        Math.exp(-((((k - half) * step) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI)),
    )
    const beyond = [...density, 0]
    for (let k = density.length - 1; k >= 0; k--)
      beyond[k] = (beyond[k + 1] as number) + step * (density[k] as number)
    return (u: number) => {
      const start = Math.round(u / step) + half
      if (start < -7 / step) return 1
      let miss = beyond[start + 7 / step + 1] ?? 0
      for (let k = -60 / step; k <= 7 / step; k++)
        miss += step * (density[start + k] ?? 0) * (1 - Math.exp(-Math.exp(k * step)))
      return miss
    }
  }
  const missOther = missOf(sigma)
  const missOwn = own && missOf(own.deviation)
  const mean = own ? Math.round(own.mean / step) * step : 0
  const stride = Math.max(1, Math.round(sigma / 6)) * step * 4
  let sum = 0.5
  for (let u = stride; u < mean + 10 * sigma + 60; u += stride) {
    const others = (1 - missOther(u)) ** (own ? vocabulary - 1 : vocabulary)
    sum += 1 - others * (missOwn ? 1 - missOwn(u - mean) : 1)
  }
  return sum * stride - 0.5772156649015329
}

describe('against independent quadratures', () => {
  it.each<[number, number, OwnLogit?]>([
    [262144, 1],
    [1000, 1.01],
    [50257, 4],
    [262144, 640],
    [1000, 64, { mean: 2048, deviation: 50 }],
    [262144, 640, { mean: 2900, deviation: 450 }],
  ])('V = %d, σ = %d, own logit %o', (vocabulary, sigma, own) => {
    const plain = plainLogSumExp(vocabulary, sigma, own)
    expect(Math.abs(expectedLogSumExp(vocabulary, sigma, own) / plain - 1)).toBeLessThan(1e-9)
  })

  it.each<[number, OwnLogit]>([
    [1e-3, { mean: 0.02, deviation: 7e-4 }],
    [1, { mean: 0, deviation: 1 }],
    [3, { mean: 192, deviation: 2 }],
    [640, { mean: -100, deviation: 640 }],
    [640, { mean: 40960, deviation: 453 }],
  ])('two words, σ = %d, own logit %o', (sigma, own) => {
    // log(e^a + e^b) = (a + b)/2 + log(2 cosh((a − b)/2)), and a − b is normal
    const deviation = Math.hypot(sigma, own.deviation)
    const step = Math.min(0.1, 0.1 / deviation)
    let mean = own.mean / 2
    for (let g = -10; g < 10; g += step) {
      const half = Math.abs(own.mean + deviation * g) / 2
      mean += step * normalDensity(1, g) * (half + Math.log1p(Math.exp(-2 * half)))
    }
    expect(Math.abs(expectedLogSumExp(2, sigma, own) / mean - 1)).toBeLessThan(1e-9)
  })

  it('an entropy is never negative', () => {
    for (const std of [0.02, 0.3, 3, 10]) {
      for (const alignment of [0, 0.5, 0.9, 1]) {
        const own = ownLogit(4096, std, alignment)
        expect(expectedEntropy(50257, std * 64, own)).toBeGreaterThanOrEqual(0)
      }
    }
  })
})

describe('the spread over tables', () => {
  it('is σ²/√(2·(d − 1)·V) where σ is small, the same for loss and entropy', () => {
    for (const [vocabulary, dModel] of [
      [1000, 16],
      [50257, 512],
    ]) {
      const sigma = 0.1
      const { loss, entropy } = tableDeviation(vocabulary, dModel, sigma / Math.sqrt(dModel))
      const expected = sigma ** 2 / Math.sqrt(2 * (dModel - 1) * vocabulary)
      expect(Math.abs(loss / expected - 1)).toBeLessThan(0.005)
      expect(Math.abs(entropy / expected - 1)).toBeLessThan(0.02)
    }
  })

  // Monte Carlo over thousands of tables of 1,000 words at width 16: [std, alignment, loss, entropy, accuracy]
  it.each<[number, number | undefined, number, number, number]>([
    [1, undefined, 0.0878, 0.0477, 0.06],
    [0.25, 1, 0.00664, 0.00869, 0.15],
    [1, 0.7, 0.0987, 0.0429, 0.2],
  ])('std %d, alignment %d', (std, alignment, loss, entropy, tolerance) => {
    const told = tableDeviation(1000, 16, std, alignment)
    expect(Math.abs(told.loss / loss - 1)).toBeLessThan(tolerance)
    expect(Math.abs(told.entropy / entropy - 1)).toBeLessThan(tolerance)
  })

  it('is a number from the least to the largest that the lab permits', () => {
    for (const dModel of [16, 4096])
      for (const std of [1e-4, 0.02, 1, 10])
        for (const alignment of [undefined, 0, 1]) {
          const { loss, entropy } = tableDeviation(262144, dModel, std, alignment)
          expect(loss).toBeGreaterThan(0)
          expect(loss).toBeLessThan(std * Math.sqrt(dModel))
          expect(entropy).toBeGreaterThanOrEqual(0)
          expect(entropy).toBeLessThan(0.1)
        }
  })
})

describe('one logit', () => {
  it('has the density of N(0, d·std²)', () => {
    expect(logitVariance(768, 0.02)).toBeCloseTo(0.3072, 12)
    expect(normalDensity(1, 0)).toBeCloseTo(0.3989422804, 10)
    const sigma = Math.sqrt(logitVariance(512, 0.25))
    let [whole, variance] = [0, 0]
    for (let x = -10 * sigma; x <= 10 * sigma; x += sigma / 4) {
      whole += (normalDensity(sigma, x) * sigma) / 4
      variance += (normalDensity(sigma, x) * x * x * sigma) / 4
    }
    expect(whole).toBeCloseTo(1, 10)
    expect(variance).toBeCloseTo(32, 8)
  })
})

describe('tied embeddings', () => {
  it.each([
    [1, 22.6],
    [0.71, 16.0],
    [0.5, 11.9],
    [0.25, 10.88],
    [0, 10.88],
  ])('ρ = %d at d = 512, V = 32,000, std d^-1/2 starts at about %d', (alignment, loss) => {
    // the references are Monte Carlo results with accuracy 0.1 (the last two 0.01)
    const tolerance = loss === 10.88 ? 0.01 : 0.07
    expect(Math.abs(expectedLoss(32000, 512, 512 ** -0.5, alignment) - loss)).toBeLessThan(tolerance)
  })

  it('without alignment the own logit is a logit like the others', () => {
    expect(ownLogit(512, 0.1, 0)).toEqual({ mean: 0, deviation: 0.1 * Math.sqrt(512) })
    expect(expectedLoss(32000, 512, 0.1, 0)).toBeCloseTo(expectedLoss(32000, 512, 0.1), 6)
  })
})

it('knows the standard error of the logits’ standard deviation, over tables and tokens', () => {
  const [dModel, tokens, words, std, runs] = [12, 5, 40, 0.3, 1500]
  // a linear congruential generator (Numerical Recipes) is good enough for a spread
  let state = 3
  const random = () => (state = (1664525 * state + 1013904223) % 2 ** 32) / 2 ** 32
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const row = () => Array.from({ length: dModel }, normal)
  const stds = Array.from({ length: runs }, () => {
    const table = Array.from({ length: words }, row)
    let sum = 0
    for (let token = 0; token < tokens; token++) {
      const drawn = row()
      const mean = drawn.reduce((one, other) => one + other, 0) / dModel
      const centred = drawn.map((value) => value - mean)
      const scale = std * Math.sqrt(dModel / centred.reduce((one, value) => one + value * value, 0))
      for (const entries of table)
        sum += (scale * entries.reduce((one, entry, index) => one + entry * centred[index], 0)) ** 2
    }
    return Math.sqrt(sum / tokens / words)
  })
  const mean = stds.reduce((one, other) => one + other, 0) / runs
  const spread = Math.sqrt(stds.reduce((one, value) => one + (value - mean) ** 2, 0) / (runs - 1))
  // the measured spread itself is accurate to a fiftieth
  expect(logitStdError(std * Math.sqrt(dModel), words, dModel, tokens) / spread).toBeCloseTo(1, 1)
})

describe('in tied mode', () => {
  /**
   * The own logit is exactly std·√d·(ρR + √(1−ρ²)·g), R = |v| of a standard normal v in d − 1 dimensions, g normal: given
   * R it is normal, and the mean over R is the exact loss.
   */
  function exactLoss(vocabulary: number, dModel: number, std: number, alignment: number): number {
    const sigma = std * Math.sqrt(dModel)
    const deviation = sigma * Math.sqrt(1 - alignment ** 2)
    const middle = Math.sqrt(dModel - 1.5)
    const step = 0.2
    let [weights, sum] = [0, 0]
    for (let R = Math.max(step / 2, middle - 5.5); R < middle + 5.5; R += step) {
      const weight = Math.exp((dModel - 2) * Math.log(R / middle) - (R * R - middle * middle) / 2)
      const mean = sigma * alignment * R
      weights += weight
      sum += weight * (expectedLogSumExp(vocabulary, sigma, { mean, deviation }) - mean / vocabulary)
    }
    return sum / weights
  }

  it('the loss differs from the exact one by less than 0.6/d nats times the larger of 1 and std', () => {
    for (const dModel of [16, 64, 512])
      for (const std of [0.05, 1, 10])
        for (const alignment of [0, 0.5, 0.9, 1]) {
          const error = expectedLoss(1000, dModel, std, alignment) - exactLoss(1000, dModel, std, alignment)
          expect(Math.abs(error), `${dModel} ${std} ${alignment} ${error}`).toBeLessThan(
            (0.6 / dModel) * Math.max(1, std),
          )
        }
  })
})
