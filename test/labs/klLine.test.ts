/** The KL lab's run on the line on both backends: references, basins, replay, hand-over, changes, failures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import type { Experiment } from '../../src/labs/experiment.ts'
import { experimentModule } from '../../src/labs/kl/experiment.ts'
import { type LineFrame, unknownBasin } from '../../src/labs/kl/frame.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { backends } from '../kernels/backends.ts'
import { alone, complete, type KlMetrics, metricsOf, run } from './klRuns.ts'

const { createExperiment, createHotLoop, calibratedDefaults } = experimentModule

async function lineFrame(experiment: Experiment): Promise<LineFrame> {
  return (await experiment.frame()).data as LineFrame
}

/** Expects σ to 1e-3 of itself, μ to 1e-3 of itself (of σ where it is 0), the divergence to 1e-4. */
function expectFit(found: readonly number[], expected: readonly number[]): void {
  const [mu, sigma, value] = expected
  expect(Math.abs(found[0] - mu)).toBeLessThan(1e-3 * (Math.abs(mu) || sigma))
  expect(Math.abs(found[1] / sigma - 1)).toBeLessThan(1e-3)
  expect(Math.abs(found[2] - value)).toBeLessThan(1e-4)
}

const fitOf = (metrics: KlMetrics, name: 'forward' | 'reverse') => [
  metrics[`${name}Mu`],
  metrics[`${name}Sigma`],
  metrics[`${name}Kl`],
]

describe.each(backends)('the KL lab on the line on $kind', ({ kind, create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const bimodal = [0, 3.162278, 0.461995]
  // references: float64, many starts, adaptive quadrature
  it.each<{ values: ParameterValues; forward: number[]; reverse: number[]; third?: number[] }>([
    {
      values: { mu0: 2.5, sigma0: 1, third: 'jeffreys' },
      forward: bimodal,
      reverse: [2.9843, 1.0234, 0.68877],
      third: [0, 2.8241, 1.32004],
    },
    {
      values: { mu0: -2.5, sigma0: 1, third: 'jensenShannon' },
      forward: bimodal,
      reverse: [-2.9843, 1.0234, 0.68877],
      third: [-2.9687, 1.0493, 0.21408],
    },
    {
      values: { mu0: 0.3, sigma0: 2.5, third: 'jensenShannon' },
      forward: bimodal,
      reverse: [0, 2.7438, 0.84062],
      third: [0, 3.1198, 0.12841],
    },
    {
      values: { mu0: 0.3, sigma0: 2.5, third: 'alpha', alpha: 0.5 },
      forward: bimodal,
      reverse: [0, 2.7438, 0.84062],
      third: [0, 3.0499, 0.56436],
    },
    {
      values: { target: 'unequal', mu0: -2.5, sigma0: 1 },
      forward: [-1.2, 2.925748, 0.466189],
      reverse: [-2.9905, 1.0147, 0.35403],
    },
    {
      values: { target: 'unequal', mu0: 2.5, sigma0: 1 },
      forward: [-1.2, 2.925748, 0.466189],
      reverse: [2.9734, 1.0379, 1.19668],
    },
  ])('reaches the reference: $values', async ({ values, forward, reverse, third }) => {
    const metrics = await run(backend, values, 800)
    expectFit(fitOf(metrics, 'forward'), forward)
    expectFit(fitOf(metrics, 'reverse'), reverse)
    if (third) expectFit([metrics.thirdMu, metrics.thirdSigma, metrics.thirdValue], third)
    else expect(metrics.thirdValue).toBeNaN()
    if (forward === bimodal) expect(Math.abs(metrics.forwardReverseKl - 0.93798)).toBeLessThan(1e-4)
    expect([metrics.momentMu, metrics.momentSigma]).toEqual([
      expect.closeTo(forward[0], 9),
      expect.closeTo(forward[1], 6),
    ])
    expect(metrics.outsideMass).toBeLessThan(1e-9)
    expect(metrics.step).toBe(800)
  })

  it('finds the three basins of two modes, symmetric as they are', async () => {
    const starts = 64
    const { basins, followed, rest } = await run(backend, { starts }, 0)
    expect(followed).toBe(1)
    expect(basins).toHaveLength(3)
    const sides = [...basins].slice(0, 2).sort((one, other) => one[0] - other[0])
    expectFit(sides[0], [-2.9843, 1.0234, 0.68877])
    expectFit(sides[1], [2.9843, 1.0234, 0.68877])
    expectFit(basins[2], [0, 2.7438, 0.84062])
    const shares = basins.map((basin) => basin[3])
    const total = shares.reduce((sum, share) => sum + share, 0)
    expect(rest.reduce((sum, share) => sum + share, total)).toBeCloseTo(1, 12)
    expect(total).toBeGreaterThan(0.9)
    expect(Math.abs(sides[0][3] - sides[1][3])).toBeLessThanOrEqual(3 / starts)
    expect(Math.min(...shares)).toBeGreaterThan(0)
  })

  it('seeks a side only where the modes are far enough apart', async () => {
    const at = (a: number) => ({ target: 'custom', components: `1,${-a},1;1,${a},1`, starts: 16 })
    const near = await run(backend, at(2.3), 0)
    expect(near.basins).toHaveLength(1)
    expect(Math.abs(near.basins[0][0])).toBeLessThan(1e-3)
    const far = await run(backend, at(2.9), 0)
    expect(far.basins).toHaveLength(3)
    expect(Math.abs(far.basins[0][0])).toBeGreaterThan(2)
  })

  it('lets the starts descend on the third objective', async () => {
    const values = { starts: 48, third: 'jensenShannon', basinsThird: true }
    const experiment = await createExperiment(backend, { ...alone, ...values })
    await complete(experiment)
    const { landscape, basins } = await lineFrame(experiment)
    expect(landscape?.divergence).toBe('jensenShannon')
    expectFit([basins[0].mu, basins[0].sigma, basins[0].divergence], [0, 3.1198, 0.12841])
    expect(basins).toHaveLength(3)
    experiment.dispose()
  })

  it('colours every start by the minimum that it really reaches', async () => {
    const experiment = await createExperiment(backend, { ...alone, starts: 40 })
    await complete(experiment)
    const ahead = (await lineFrame(experiment)).particleBasins
    await complete(experiment, 700)
    const { particles, basins } = await lineFrame(experiment)
    expect(particles).toHaveLength(80)
    for (const [start, basin] of ahead.entries())
      if (basin !== unknownBasin) {
        expect(Math.abs(particles[2 * start] - basins[basin].mu)).toBeLessThan(0.1)
        expect(Math.abs(Math.exp(particles[2 * start + 1]) / basins[basin].sigma - 1)).toBeLessThan(0.05)
      }
    expect(ahead.filter((basin) => basin !== unknownBasin).length).toBeGreaterThan(30)
    experiment.dispose()
  })

  it('draws the landscape with its lowest place at the best minimum', async () => {
    const experiment = await createExperiment(backend, { ...alone, target: 'unequal' })
    await complete(experiment)
    const { landscape, reverse, basins } = await lineFrame(experiment)
    if (!landscape) throw new Error('no landscape')
    const { mu, logSigma, values } = landscape
    expect(values).toHaveLength(mu.length * logSigma.length)
    const lowest = values.indexOf(Math.min(...values))
    const gaps = [mu[1] - mu[0], logSigma[1] - logSigma[0]]
    expect(Math.abs(mu[lowest % mu.length] - reverse.optima[0].mu)).toBeLessThan(gaps[0])
    const row = Math.floor(lowest / mu.length)
    expect(Math.abs(logSigma[row] - Math.log(reverse.optima[0].sigma))).toBeLessThan(gaps[1])
    expect(basins).toEqual([])
    experiment.dispose()
  })

  it('gives the same trajectory however its steps are cut', async () => {
    const values = { ...alone, starts: 20, third: 'chiSquared', sigma0: 2 }
    const pictures = []
    for (const steps of [37, 37, 1]) {
      const experiment = await createExperiment(backend, values)
      while (experiment.step < 37)
        if (steps === 1) await experiment.advance(1, 0)
        else await complete(experiment, steps, 1000)
      await complete(experiment)
      pictures.push(await experiment.frame())
      experiment.dispose()
    }
    expect(pictures[1]).toEqual(pictures[0])
    expect(pictures[2]).toEqual(pictures[0])
    const { forward } = pictures[0].data as LineFrame
    // steps 0…37, with the start
    expect(forward.path).toHaveLength(4 * 38)
    expect([...forward.path.subarray(0, 2)]).toEqual([0, 1.5])
    expect(forward.path.at(-4)).toBe(37)
  })

  it('gives after a drag what a fresh run gives', async () => {
    const base = { ...alone, starts: 8 }
    // replaced before its starts are followed
    let experiment = await createExperiment(backend, { ...base, target: 'three' })
    await experiment.advance(0, 0)
    const drag: ParameterValues[] = [
      {},
      { mu0: -2 },
      { mu0: -2, sigma0: 3, third: 'alpha', alpha: 0.3 },
      { third: 'alpha', alpha: 0.4, basinsThird: true },
      { target: 'widths' },
      { fixedSigma: true },
      { fixedSigma: true, sigma0: 0.8 },
      { family: 'gaussian2d', starts: 0 },
      { mu0: 1 },
    ]
    for (const values of drag) {
      const next = await createExperiment(backend, { ...base, ...values }, experiment)
      experiment.dispose()
      experiment = next
      await complete(experiment, 5)
      expect(await experiment.metrics()).toEqual(await run(backend, { ...base, ...values }, 5))
    }
    experiment.dispose()
  })

  it('does not follow the starts again when only the shown fit’s start is dragged', async () => {
    const values = { ...alone, starts: 24 }
    const first = await createExperiment(backend, values)
    await complete(first)
    const second = await createExperiment(backend, { ...values, mu0: -1 }, first)
    first.dispose()
    await second.advance(0, 0)
    expect(second.complete).toBe(true)
    second.dispose()
  })

  it('takes over what was not yet begun', async () => {
    const values = { ...alone, starts: 12 }
    const first = await createExperiment(backend, values)
    const second = await createExperiment(backend, { ...values, mu0: -1 }, first)
    first.dispose()
    expect((await lineFrame(second)).landscape).toBeUndefined()
    await complete(second)
    expect(await second.metrics()).toEqual(await run(backend, { starts: 12, mu0: -1 }, 0))
    second.dispose()
  })

  it('applies another learning rate and optimizer from the present point on', async () => {
    const values = { ...alone, starts: 16, optimizer: 'gradientDescent', learningRate: 0.1 }
    const experiment = await createExperiment(backend, values)
    await complete(experiment, 10)
    const before = await metricsOf(experiment)
    experiment.update({ ...values, learningRate: 1e-4 })
    expect(experiment.step).toBe(10)
    expect((await metricsOf(experiment)).reverseMu).toBe(before.reverseMu)
    await complete(experiment, 1)
    const slow = await metricsOf(experiment)
    expect(slow.step).toBe(11)
    const moved = Math.abs(slow.reverseMu - before.reverseMu)
    expect(moved).toBeGreaterThan(0)
    expect(moved).toBeLessThan(1e-3)
    experiment.update({ ...values, optimizer: 'adam', learningRate: 0.05 })
    expect(experiment.complete).toBe(false)
    await complete(experiment, 1)
    // the first step of a fresh Adam is the learning rate
    const adam = await metricsOf(experiment)
    expect(Math.abs(adam.reverseMu - slow.reverseMu)).toBeCloseTo(0.05, 3)
    await complete(experiment, 800)
    const end = await metricsOf(experiment)
    expect(end.followed).toBe(1)
    expectFit(fitOf(end, 'forward'), bimodal)
    experiment.dispose()
  })

  it('shows where a fit diverged, and stays finite and quick', async () => {
    const values = { learningRate: 10, optimizer: 'gradientDescent', starts: 32, third: 'chiSquared' }
    const experiment = await createExperiment(backend, { ...alone, ...values, sigma0: 0.8 })
    await complete(experiment, 200)
    const metrics = await metricsOf(experiment)
    expect(metrics.forwardDiverged).toBeGreaterThanOrEqual(0)
    expect(metrics.forwardDiverged).toBeLessThan(200)
    expect(metrics.startsDiverged).toBeGreaterThan(0)
    const { forward, reverse, particles } = await lineFrame(experiment)
    expect(forward.diverged).toBe(true)
    // all steps from the start to the last finite point, and none after it
    const steps = forward.path.filter((_, index) => index % 4 === 0)
    expect([...steps]).toEqual(Array.from({ length: metrics.forwardDiverged + 1 }, (_, step) => step))
    for (const { mu, sigma, path } of [forward, reverse]) {
      expect([mu, sigma].every(Number.isFinite)).toBe(true)
      for (let point = 0; point < path.length; point += 4)
        expect([path[point], path[point + 1], path[point + 2]].every(Number.isFinite)).toBe(true)
    }
    expect(particles.every(Number.isFinite)).toBe(true)
    for (const name of ['forwardKl', 'reverseKl', 'forwardReverseKl', 'reverseForwardKl'] as const)
      expect([name, Number.isFinite(metrics[name])]).toEqual([name, true])
    experiment.dispose()
  })

  it.each([
    '1e-12,0,1;1,3,1',
    '0.5,0,0.001;0.5,1,1',
    '0.5,-30,1;0.5,30,1',
    '0.5,-30,0.001;0.5,30,0.001',
    '1,0,1;1,0,1;1,1,1;1,2,1;1,3,1;1,4,1',
  ])('stays finite with components %s', async (components) => {
    const values = { target: 'custom', components, starts: 8, third: 'jeffreys' }
    const experiment = await createExperiment(backend, { ...alone, ...values })
    await experiment.advance(0, 0)
    while (!experiment.ready || experiment.step < 20) await experiment.advance(20 - experiment.step, 20)
    const { metrics, data } = await experiment.frame()
    for (const [name, value] of Object.entries(metrics))
      if (typeof value === 'number') expect([name, Number.isFinite(value)]).toEqual([name, true])
    expect((data as LineFrame).landscape?.values.every(Number.isFinite)).toBe(true)
    expect((data as LineFrame).particles.every(Number.isFinite)).toBe(true)
    experiment.dispose()
  })

  it('does a part of what is asked in a call that is given little time', async () => {
    const experiment = await createExperiment(backend, { ...alone, starts: kind === 'wasm' ? 4096 : 256 })
    while (!experiment.ready) await experiment.advance(0, 12)
    await experiment.advance(20, 12)
    for (let call = 0; call < 10; call++) {
      const before = experiment.step
      await experiment.advance(1000, 2)
      // a thousand steps would take seconds on any machine
      expect(experiment.step - before).toBeLessThan(100)
      expect(experiment.progress).toBeGreaterThanOrEqual(0)
      expect(experiment.progress).toBeLessThanOrEqual(1)
    }
    expect(experiment.step).toBeGreaterThan(0)
    experiment.dispose()
  })

  it('frees what it took, handed over or not', async () => {
    const own = await create()
    let held = 0
    const counted: Backend = Object.assign(Object.create(own) as Backend, {
      createTensor: (...given: Parameters<Backend['createTensor']>) => tracked(own.createTensor(...given)),
      upload: (...given: Parameters<Backend['upload']>) => tracked(own.upload(...given)),
      createFitTarget: (...given: Parameters<Backend['createFitTarget']>) =>
        tracked(own.createFitTarget(...given)),
    })
    function tracked<Held extends { dispose(): void }>(thing: Held): Held {
      held++
      const dispose = thing.dispose.bind(thing)
      thing.dispose = () => {
        held--
        dispose()
      }
      return thing
    }
    const first = await createExperiment(counted, { ...alone, starts: 16, optimizer: 'momentum' })
    await first.advance(3, 0)
    const second = await createExperiment(counted, { ...alone, starts: 16, target: 'three' }, first)
    first.dispose()
    await second.advance(3, 5)
    second.update({ ...alone, starts: 16, target: 'three', optimizer: 'gradientDescent' })
    await second.advance(3, 5)
    expect(held).toBeGreaterThan(0)
    second.dispose()
    expect(held).toBe(0)
    own.dispose()
  })

  it('has a hot loop that gives the same divergences on every run and can be stopped', async () => {
    const loop = await createHotLoop(backend, alone)
    const first = await loop.run(async () => false)
    const second = await loop.run(async () => false)
    expect(first.result).toHaveLength(256)
    expect(second.result).toEqual(first.result)
    await expect(loop.run(async () => true)).rejects.toThrow('cancelled')
    loop.dispose()
  })

  it('offers a default number of starts', async () => {
    const { starts } = await calibratedDefaults(backend, alone, {})
    expect([64, 256, 1024, 4096]).toContain(starts)
    expect(await calibratedDefaults(backend, alone, { starts: 64 })).toEqual({})
  })
})
