import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { latentReference, softplus } from './latentReference.ts'
import {
  centralDifferences,
  dispose,
  expectWithin,
  laid,
  matricesOf,
  networkBackends,
  several,
  unwritten,
} from './manyModels.ts'

const cases = [
  { models: 1, batch: 1, k: 1 },
  { models: 3, batch: 3, k: 2 },
  { models: 68, batch: 1, k: 3 },
  { models: 3, batch: 127, k: 7 },
  { models: 1, batch: 100, k: 256 },
]

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/** The gradient as its formula stands, for (μ, ρ) of one example and one k. */
function formula(mean: number, rho: number, normal: number, pull: number, share: number) {
  const x = rho - 5
  const sd = softplus(x)
  // σ' / σ, which is 1 where float64 has no σ any more
  const ratio = sd > 0 ? sigmoid(x) / sd : 1
  return [pull + share * mean, pull * normal * sigmoid(x) + share * (sd * sigmoid(x) - ratio)]
}

const betaOf = (model: number) => [1e-3, 0, 1, 0.3, 10][model % 5]

describe.each(networkBackends)('sampleLatentGradient on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const gradient = async (
    encodedOf: readonly Float32Array[],
    noiseOf: readonly Float32Array[],
    pullOf: readonly Float32Array[],
    betas: readonly number[],
    batch: number,
    k: number,
  ) => {
    const encoded = laid(backend, encodedOf, { rows: batch, columns: 2 * k, offset: 3, gap: 5 })
    const noise = laid(backend, noiseOf, { rows: batch, columns: k, offset: 1, gap: 2 })
    const latentGradient = laid(backend, pullOf, { rows: batch, columns: k, offset: 6, gap: 1 })
    const output = unwritten(backend, betas.length, { rows: batch, columns: 2 * k, offset: 2, gap: 7 })
    const betaTensor = backend.upload(Float32Array.from(betas), [betas.length])
    backend.sampleLatentGradient({
      models: betas.length,
      encoded,
      noise,
      latentGradient,
      betas: betaTensor,
      output,
    })
    const result = await matricesOf(backend, output)
    dispose(encoded, noise, latentGradient, output, betaTensor)
    return result
  }

  it.each(cases)('follows its formula: $models models, batch $batch, K $k', async ({ models, batch, k }) => {
    const encoded = several(models, 2 * batch * k, 7, 9)
    const noise = several(models, batch * k, 3, 3)
    const pull = several(models, batch * k, 5)
    const betas = Array.from({ length: models }, (_, model) => betaOf(model))
    const actual = await gradient(encoded, noise, pull, betas, batch, k)
    for (let model = 0; model < models; model++) {
      const share = Math.fround(betas[model]) / batch
      const expected = new Float64Array(2 * batch * k)
      for (let i = 0; i < batch * k; i++) {
        const at = i + k * Math.floor(i / k)
        const [mean, rho] = [encoded[model][at], encoded[model][at + k]]
        const [first, second] = formula(mean, rho, noise[model][i], pull[model][i], share)
        expected[at] = first
        expected[at + k] = second
      }
      // the numbers are of size 3, and with the rate's share of size 10 · share
      expectWithin(actual[model], expected, () => 1e-6 * (3 + 10 * share))
    }
  })

  it('is the slope of what sampleLatent gives', async () => {
    const [batch, k, beta] = [3, 2, 0.7]
    const [encoded] = several(1, 2 * batch * k, 17, 6)
    const [noise] = several(1, batch * k, 19, 2)
    const [pull] = several(1, batch * k, 23)
    const [actual] = await gradient([encoded], [noise], [pull], [beta], batch, k)
    const loss = (point: Float64Array) => {
      const { latent, rates } = latentReference(point, noise, k)
      const task = latent.reduce((sum, z, i) => sum + pull[i] * z, 0)
      return task + (beta * rates.reduce((sum, rate) => sum + rate, 0)) / batch
    }
    expectWithin(actual, centralDifferences(loss, encoded), () => 2e-6)
  })

  it('shares what has a period', async () => {
    const [batch, k] = [2, 3]
    const encoded = several(2, 2 * batch * k, 7, 4)
    const noise = several(3, batch * k, 3, 3)
    const pull = several(1, batch * k, 5)
    const betas = [0, 1, 2, 3, 4]
    const all = await gradient(encoded, noise, pull, betas, batch, k)
    for (const model of betas) {
      const own = [[encoded[model % 2]], [noise[model % 3]], pull] as const
      expect((await gradient(...own, [model], batch, k))[0]).toEqual(all[model])
    }
  })

  it('gives each of 68 models what it gives it alone', async () => {
    const [batch, k] = [3, 5]
    const encoded = several(68, 2 * batch * k, 7, 4)
    const noise = several(68, batch * k, 3, 3)
    const pull = several(68, batch * k, 5)
    const betas = encoded.map((_, model) => betaOf(model))
    const all = await gradient(encoded, noise, pull, betas, batch, k)
    for (const model of [0, 1, 33, 67]) {
      const own = [[encoded[model]], [noise[model]], [pull[model]], [betas[model]]] as const
      expect((await gradient(...own, batch, k))[0]).toEqual(all[model])
    }
  })

  it('stays finite and right where σ vanishes or is huge', async () => {
    const xs = [-1e30, -1e4, -200, -104, -95, -87, -60, -20, 20, 88, 1000, 1e6]
    const k = xs.length
    const encoded = Float32Array.from([...xs.map(() => 0.5), ...xs.map((x) => x + 5)])
    const [noise, pull] = [new Float32Array(k).fill(-1.5), new Float32Array(k).fill(0.25)]
    const [actual] = await gradient([encoded], [noise], [pull], [2], 1, k)
    for (let i = 0; i < k; i++) {
      const [mean, rho] = formula(0.5, encoded[k + i], -1.5, 0.25, 2)
      expect(actual[i]).toBe(mean)
      expect(Math.abs(actual[k + i] / rho - 1), `at ${xs[i]}`).toBeLessThan(1e-6)
    }
    expect([...actual.slice(k, k + 3)]).toEqual([-2, -2, -2])
  })

  it('carries NaN to its own entries only', async () => {
    const encoded = Float32Array.of(Number.NaN, 0, 0, Number.NaN)
    const zeros = new Float32Array(2)
    const [actual] = await gradient([encoded], [zeros], [zeros], [1], 1, 2)
    expect([...actual].map(Number.isNaN)).toEqual([true, false, false, true])
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
      latentGradient: make(batch, k),
      betas: backend.createTensor([models]),
      output: make(batch, 2 * k),
    }
    const run = (wrong: object) => () => backend.sampleLatentGradient({ ...right, ...wrong })
    expect(run({ encoded: make(batch, k) })).toThrow(/sampleLatentGradient: encoded is \[3, 4\].*\[3, 8\]/)
    expect(run({ noise: make(k, batch) })).toThrow(/sampleLatentGradient: noise/)
    expect(run({ output: make(batch, k) })).toThrow(/sampleLatentGradient: output/)
    expect(run({ betas: backend.createTensor([3]) })).toThrow(/sampleLatentGradient: betas is \[3\].*\[2\]/)
    expect(run({ output: right.encoded })).toThrow(/output.*encoded/)
    dispose(right.encoded, right.noise, right.latentGradient, right.betas, right.output)
  })
})
