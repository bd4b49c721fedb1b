import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { latentReference, rateOf, softplus } from './latentReference.ts'
import { dispose, expectWithin, laid, matricesOf, networkBackends, several, unwritten } from './manyModels.ts'
import fixture from './vibFixture.json'

const cases = [
  { models: 1, batch: 1, k: 1 },
  { models: 3, batch: 3, k: 2 },
  { models: 68, batch: 3, k: 5 },
  { models: 3, batch: 127, k: 7 },
  { models: 68, batch: 100, k: 8 },
  { models: 1, batch: 100, k: 256 },
]

/** ρ − 5 where σ = 1. */
const unit = Math.log(Math.E - 1)

/** (μ, ρ) of each example from −size to size, so that σ is from e⁻⁸ or so up to 1 or so. */
const encodings = (models: number, batch: number, k: number) => several(models, batch * 2 * k, 7, 4)

describe.each(networkBackends)('sampleLatent on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  /** Matrices that lie apart, and `noises` (as many as are given are shared in turn). */
  const sample = async (
    encodedOf: readonly Float32Array[],
    noiseOf: readonly Float32Array[],
    batch: number,
    k: number,
  ) => {
    const models = encodedOf.length
    const encoded = laid(backend, encodedOf, { rows: batch, columns: 2 * k, offset: 3, gap: 5 })
    const noise = laid(backend, noiseOf, { rows: batch, columns: k, offset: 1, gap: 2 })
    const latent = unwritten(backend, models, { rows: batch, columns: k, offset: 2, gap: 1 })
    const rates = unwritten(backend, models, { rows: 1, columns: batch, offset: 7, gap: 3 })
    backend.sampleLatent({ models, encoded, noise, latent, rates })
    const result = {
      latent: await matricesOf(backend, latent),
      rates: await matricesOf(backend, rates),
    }
    dispose(encoded, noise, latent, rates)
    return result
  }

  /** One example a (μ, ρ − 5), with K = 1 and one noise for all. */
  const sampleEach = async (points: readonly (readonly [mean: number, x: number])[], normal: number) => {
    const encoded = Float32Array.from(points.flatMap(([mean, x]) => [mean, x + 5]))
    const { latent, rates } = await sample(
      [encoded],
      [new Float32Array(points.length).fill(normal)],
      points.length,
      1,
    )
    // what float32 made of the points
    const rounded = points.map((_, i) => [encoded[2 * i], encoded[2 * i + 1] - 5] as const)
    return { latent: latent[0], rates: rates[0], rounded }
  }

  it.each(cases)('draws for $models models, batch $batch, K $k', async ({ models, batch, k }) => {
    const encoded = encodings(models, batch, k)
    const noise = several(models, batch * k, 3, 3)
    const { latent, rates } = await sample(encoded, noise, batch, k)
    for (let model = 0; model < models; model++) {
      const expected = latentReference(encoded[model], noise[model], k)
      // numbers of size 4, rounded a few times, with σ to about 1e-6
      expectWithin(latent[model], expected.latent, () => 2e-6)
      // a rate's terms are of size 10, and it is their sum
      expectWithin(rates[model], expected.rates, () => 5e-6 * k)
    }
  })

  it('shares noise by its period', async () => {
    const encoded = encodings(5, 3, 2)
    const noise = several(2, 6, 11, 3)
    const { latent } = await sample(encoded, noise, 3, 2)
    for (let model = 0; model < 5; model++)
      expectWithin(latent[model], latentReference(encoded[model], noise[model % 2], 2).latent, () => 2e-6)
  })

  it('gives each model what it gives it alone', async () => {
    const encoded = encodings(68, 3, 7)
    const noise = several(68, 21, 3, 3)
    const all = await sample(encoded, noise, 3, 7)
    for (const model of [0, 1, 33, 67]) {
      const alone = await sample([encoded[model]], [noise[model]], 3, 7)
      expect(alone.latent[0]).toEqual(all.latent[model])
      expect(alone.rates[0]).toEqual(all.rates[model])
    }
  })

  it('keeps the digits of the smallest and the largest σ', async () => {
    const xs = [-87, -80, -40, -20, -10, -5, -1, -1e-3, 0, 1e-3, unit, 1, 5, 20, 88, 1000, 1e6]
    const { latent, rates, rounded } = await sampleEach(
      xs.map((x) => [0, x]),
      1,
    )
    // WGSL lets exp(x) be off by 3 + 2 |x| units of the last place
    const relative = (x: number) => (x < 0 ? 1e-6 + 2 ** -22 * -x : 1e-6)
    for (const [i, [, x]] of rounded.entries()) {
      expect(Math.abs(latent[i] / softplus(x) - 1), `σ at ${x}`).toBeLessThan(relative(x))
      const rate = rateOf(0, x)
      expect(Math.abs(rates[i] - rate), `rate at ${x}`).toBeLessThan(2e-6 * Math.max(1, rate))
    }
  })

  it('gives finite rates where σ itself vanishes', async () => {
    const { latent, rates, rounded } = await sampleEach(
      [-95, -104, -200, -1e4, -1e30].map((x) => [0.5, x]),
      -2,
    )
    for (const [i, [, x]] of rounded.entries()) {
      expect(latent[i]).toBe(0.5)
      expect(Math.abs(rates[i] / (0.125 - 0.5 - x) - 1)).toBeLessThan(1e-6)
    }
  })

  it('is never below 0 by more than rounding, and next to 0 has its digits', async () => {
    const k = 256
    const batch = 10
    // σ from 1 ± 1e-7 to 1 ± 1e-2
    const xs = Array.from(
      { length: k * batch },
      (_, i) => unit + (i % 2 ? 1 : -1) * 10 ** -(2 + (5 * i) / (k * batch)),
    )
    const encoded = new Float32Array(2 * k * batch)
    for (const [i, x] of xs.entries()) encoded[2 * k * Math.floor(i / k) + k + (i % k)] = x + 5
    const { rates } = await sample([encoded], [new Float32Array(k * batch)], batch, k)
    const expected = latentReference(encoded, new Float32Array(k * batch), k).rates
    expect(Math.min(...rates[0])).toBeGreaterThan(-1e-6 * k)
    expectWithin(rates[0], expected, () => 1e-7 * k)
  })

  it('gives the closed form', async () => {
    const points = fixture.gaussKL.map(({ mu, sigma }) => [mu, Math.log(Math.expm1(sigma))] as const)
    const { rates } = await sampleEach(points, 0)
    // ρ is rounded to float32 once, which moves ln σ by up to 5e-7
    expectWithin(
      rates,
      fixture.gaussKL.map(({ kl }) => kl),
      () => 2e-6,
    )
  })

  it('agrees with the mean of ln q(z) − ln p(z) over its own draws', async () => {
    const points = [
      [0.3, -3],
      [-2, 0.2],
      [1.5, 2],
      [0, -6],
    ] as const
    // three-point Gauss–Hermite quadrature is exact for what is quadratic in the noise
    const nodes = [
      { normal: 0, weight: 2 / 3 },
      { normal: Math.sqrt(3), weight: 1 / 6 },
      { normal: -Math.sqrt(3), weight: 1 / 6 },
    ]
    const draws = await Promise.all(nodes.map(({ normal }) => sampleEach(points, normal)))
    for (const i of points.keys()) {
      const sd = (draws[1].latent[i] - draws[2].latent[i]) / (2 * Math.sqrt(3))
      const mean = nodes.reduce((sum, { normal, weight }, node) => {
        const z = draws[node].latent[i]
        return sum + weight * (0.5 * (z ** 2 - normal ** 2) - Math.log(sd))
      }, 0)
      // σ from a difference of two z: relative 2^-24 · z / σ
      const allowed = 1e-6 + 2 ** -22 * Math.max(1, Math.abs(points[i][0]) / sd)
      expect(Math.abs(draws[0].rates[i] - mean)).toBeLessThan(allowed)
    }
  })

  it('carries NaN and infinity where they belong', async () => {
    const { latent, rates } = await sampleEach(
      [
        [1, 0],
        [Number.NaN, 0],
        [1, Number.NaN],
        [Infinity, 0],
        [1, Infinity],
        [-1, 0],
      ],
      0.5,
    )
    expect([...latent].map(Number.isNaN)).toEqual([false, true, true, false, false, false])
    expect([...rates].map(Number.isFinite)).toEqual([true, false, false, false, false, true])
    expect([rates[1], rates[2], latent[3], latent[4]]).toEqual([Number.NaN, Number.NaN, Infinity, Infinity])
    expect(Number.isFinite(latent[5]) && Number.isFinite(rates[5])).toBe(true)
  })

  it('refuses matrices that do not fit, and names them', () => {
    const [models, batch, k] = [2, 3, 4]
    const make = (rows: number, columns: number) => ({
      tensor: backend.createTensor([models, rows * columns]),
      rows,
      columns,
    })
    const right = {
      models,
      encoded: make(batch, 2 * k),
      noise: make(batch, k),
      latent: make(batch, k),
      rates: make(1, batch),
    }
    const run = (wrong: object) => () => backend.sampleLatent({ ...right, ...wrong })
    expect(run({ encoded: make(batch, k) })).toThrow(/sampleLatent: encoded is \[3, 4\].*\[3, 8\]/)
    expect(run({ noise: make(batch, 2 * k) })).toThrow(/sampleLatent: noise/)
    expect(run({ rates: make(batch, 1) })).toThrow(/sampleLatent: rates/)
    expect(run({ models: 0 })).toThrow(/models/)
    expect(run({ models: 3 })).toThrow(RangeError)
    expect(run({ latent: { ...right.latent, period: 1 } })).toThrow(/latent/)
    expect(run({ latent: right.noise })).toThrow(/latent.*noise/)
    expect(run({ latent: { ...right.latent, offset: 1 } })).toThrow(/latent/)
    dispose(right.noise)
    expect(run({})).toThrow(/sampleLatent.*noise.*disposed/)
    dispose(right.encoded, right.latent, right.rates)
  })
})
