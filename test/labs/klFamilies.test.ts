/** The KL lab's runs in the plane and of the uniform family, and the agreement of both backends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { experimentModule } from '../../src/labs/kl/experiment.ts'
import { type PlaneFrame, unknownBasin } from '../../src/labs/kl/frame.ts'
import { backends } from '../kernels/backends.ts'
import { alone, complete, metricsOf, run } from './klRuns.ts'

const { createExperiment, createHotLoop } = experimentModule
const plane = { family: 'gaussian2d', mu0: 0.7, mu0Y: 0.4, sigma0: 0.7 }

/** Whether all numbers in a metric are finite: `[true]` if so. */
const finite = (value: unknown): boolean[] => [...new Set([value].flat(2).map((one) => Number.isFinite(one)))]

describe.each(backends)('the KL lab in the plane on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it('fits a correlated target by a mean field: variances 0.19 in reverse, 1 forward', async () => {
    const values = { ...plane, target: 'correlated', covariance: 'diagonal' }
    const metrics = await run(backend, values, 600)
    const matrix = (variance: number) => [
      [expect.closeTo(variance, 3), 0],
      [0, expect.closeTo(variance, 3)],
    ]
    expect(metrics.reverseCovariance).toEqual(matrix(0.19))
    expect(metrics.forwardCovariance).toEqual(matrix(1))
    expect(metrics.reverseMean).toEqual([expect.closeTo(0, 2), expect.closeTo(0, 2)])
    expect(Math.abs(metrics.reverseKl - 0.83037)).toBeLessThan(1e-4)
    expect(Math.abs(metrics.forwardKl - 0.83037)).toBeLessThan(1e-4)
    expect(metrics.momentCovariance).toEqual(matrix(1))
  })

  it('fits it exactly with a full covariance', async () => {
    const metrics = await run(backend, { ...plane, target: 'correlated' }, 600)
    for (const found of [metrics.forwardCovariance, metrics.reverseCovariance]) {
      expect(Math.abs(found[0][0] - 1)).toBeLessThan(2e-3)
      expect(Math.abs(found[0][1] - 0.9)).toBeLessThan(2e-3)
      expect(Math.abs(found[1][1] - 1)).toBeLessThan(2e-3)
    }
    expect(metrics.forwardKl).toBeLessThan(1e-4)
    expect(metrics.reverseKl).toBeLessThan(1e-4)
    expect(metrics.forwardReverseKl).toBeLessThan(1e-4)
  })

  it('covers two modes forward and seeks one in reverse', async () => {
    const metrics = await run(backend, { ...plane, target: 'two' }, 600)
    expect(metrics.forwardMean[0]).toBeCloseTo(0, 2)
    expect(Math.abs(metrics.forwardCovariance[0][0] / 4.49 - 1)).toBeLessThan(2e-3)
    expect(Math.abs(metrics.reverseMean[0] - 2)).toBeLessThan(0.05)
  })

  it('follows the starts to the basins of two modes, the same ones after a drag', async () => {
    const values = { ...alone, ...plane, target: 'two', starts: 12 }
    const first = await createExperiment(backend, values)
    await complete(first)
    const { basins, followed } = await metricsOf(first)
    expect(followed).toBe(1)
    // [mean, covariance, divergence, share]
    const xOf = ([mean]: readonly unknown[]) => (mean as readonly number[])[0]
    const left = basins.find((basin) => xOf(basin) < -1)
    const right = basins.find((basin) => xOf(basin) > 1)
    expect(left?.[3]).toBeGreaterThan(0)
    expect(right?.[3]).toBeGreaterThan(0)
    expect(right?.[1]).toEqual([
      [expect.closeTo(0.49, 1), expect.closeTo(0, 2)],
      [expect.closeTo(0, 2), expect.closeTo(0.49, 2)],
    ])
    const second = await createExperiment(backend, { ...values, mu0: -1 }, first)
    first.dispose()
    await second.advance(0, 0)
    expect(second.complete).toBe(true)
    const frame = (await second.frame()).data as PlaneFrame
    expect(frame.particles).toHaveLength(60)
    expect(frame.particleBasins.some((basin) => basin !== unknownBasin)).toBe(true)
    expect(frame.reverse.path).toHaveLength(4)
    second.dispose()
  })

  it('tells of every start where it ends, also of those that the backend’s grid holds at no minimum', async () => {
    const planeComponents = '0.709,-2.763,-2.731,0.7329,0.4136,0.831;0.736,1.116,2.314,1.999,0.4907,0.538'
    const { basins, rest } = await run(
      backend,
      { ...plane, target: 'custom', planeComponents, starts: 20 },
      0,
    )
    expect(basins.map(([, , divergence]) => divergence)).toEqual([
      expect.closeTo(0.6746, 3),
      expect.closeTo(0.712, 3),
    ])
    const [diverged, held, moving] = rest
    expect([diverged, moving]).toEqual([0, 0])
    expect(held).toBeGreaterThan(0)
    expect(basins.reduce((sum, basin) => sum + basin[3], held)).toBeCloseTo(1, 12)
    const wild = await run(
      backend,
      { ...plane, target: 'two', optimizer: 'gradientDescent', learningRate: 10, starts: 5 },
      0,
    )
    const shares = [...wild.rest, ...wild.basins.map((basin) => basin[3])]
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
  })

  it('keeps σ fixed where asked to, for the shown fits and for the minima', async () => {
    const values = { ...plane, target: 'two', fixedSigma: true, starts: 6 }
    const metrics = await run(backend, values, 300)
    expect(metrics.reverseCovariance[0][0]).toBeCloseTo(0.49, 5)
    expect(metrics.forwardMean[0]).toBeCloseTo(0, 2)
    expect(Math.abs(metrics.reverseMean[0] - 2)).toBeLessThan(0.05)
    const shares = metrics.basins.reduce((sum, basin) => sum + basin[3], 0)
    expect(shares).toBeGreaterThan(0.5)
  })

  it('replays the same trajectory, and says where it diverged', async () => {
    const values = { ...plane, target: 'triangle', starts: 5 }
    const one = await createExperiment(backend, { ...alone, ...values })
    await complete(one, 12)
    const other = await createExperiment(backend, { ...alone, ...values })
    for (let step = 0; step < 12; step++) await complete(other, 1)
    expect(await other.frame()).toEqual(await one.frame())
    one.dispose()
    other.dispose()
    const wild = await run(backend, { ...values, optimizer: 'gradientDescent', learningRate: 10 }, 40)
    expect(wild.forwardDiverged).toBeGreaterThanOrEqual(0)
    const numbers = Object.entries(wild).filter(([name]) => name !== 'basins')
    for (const [name, value] of numbers) expect([name, ...finite(value)]).toEqual([name, true])
  })
})

describe('both backends', () => {
  it('give the same divergences in the hot loop', async () => {
    for (const values of [
      { ...alone },
      { ...alone, third: 'chiSquared', basinsThird: true, starts: 300 },
      { ...alone, ...plane },
    ]) {
      const results = []
      for (const { create } of backends) {
        const backend = await create()
        const loop = await createHotLoop(backend, values)
        results.push(await loop.run(async () => false))
        loop.dispose()
        backend.dispose()
      }
      const [one, other] = results
      expect(one.operations).toBe(other.operations)
      // 1e-5 of values up to some hundred, and the rounding of 50 float32 updates
      for (const [fit, value] of one.result.entries())
        if (Number.isFinite(value))
          expect(Math.abs(value - other.result[fit])).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)))
        else expect(other.result[fit]).toBe(value)
    }
  })
})

describe('supports that do not match', () => {
  const uniform = async (values: Record<string, number | boolean>) => {
    const backend = await backends[0].create()
    const metrics = await run(backend, { family: 'uniform', ...values }, 3)
    backend.dispose()
    return metrics
  }

  it('give infinity as a value, at once', async () => {
    const metrics = await uniform({ a: 0, b: 1, c: 0, d: 2 })
    expect(metrics.forwardKl).toBeCloseTo(Math.LN2, 12)
    expect(metrics.reverseKl).toBe(Number.POSITIVE_INFINITY)
    expect(metrics.surrogateReverseKl).toBeNaN()
    expect(metrics.step).toBe(3)
  })

  it('have a finite surrogate that grows like log 1/ε', async () => {
    const at = (epsilon: number) => uniform({ a: 0, b: 1, c: 0, d: 2, smoothing: true, epsilon })
    const [coarse, fine] = [await at(1e-4), await at(1e-8)]
    expect(coarse.reverseKl).toBe(Number.POSITIVE_INFINITY)
    // half of Q's mass lies outside P's support
    expect(fine.surrogateReverseKl - coarse.surrogateReverseKl).toBeCloseTo(0.5 * Math.log(1e4), 2)
    expect(fine.surrogateForwardKl).toBeCloseTo(Math.LN2, 3)
  })
})
