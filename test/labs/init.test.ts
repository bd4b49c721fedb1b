/** The init lab's run on both backends, compared with theory and with itself. Sizes suit a software adapter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import type { Experiment, Metrics } from '../../src/labs/experiment.ts'
import { EmbeddingTable } from '../../src/labs/init/embeddingTable.ts'
import { experimentModule } from '../../src/labs/init/experiment.ts'
import type { InitFrame } from '../../src/labs/init/frame.ts'
import { expectedSumSquaredProbability } from '../../src/labs/init/theory.ts'
import type { ParameterValue, ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'
import { backends } from '../kernels/backends.ts'

const { createExperiment, createHotLoop, calibratedDefaults, parameters } = experimentModule
const small = { ...defaults(parameters), dModel: 64, vocab: 2000, tokens: 64, seed: 7 }

async function complete(experiment: Experiment, steps = 0): Promise<void> {
  const target = experiment.step + steps
  while (!experiment.complete || experiment.step < target)
    await experiment.advance(target - experiment.step, 50)
}

async function measure(
  backend: Backend,
  values: ParameterValues,
  steps = 0,
): Promise<Record<string, number>> {
  const experiment = await createExperiment(backend, { ...small, ...values })
  await complete(experiment, steps)
  const metrics = await experiment.metrics()
  experiment.dispose()
  return metrics as Record<string, number>
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** The content of a frame, without its times. */
async function picture(experiment: Experiment): Promise<{ metrics: Metrics; data: InitFrame }> {
  const { metrics, data } = await experiment.frame()
  const { milliseconds: _, ...rest } = metrics
  return { metrics: rest, data: data as InitFrame }
}

describe.each(backends)('the init lab on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each<Record<string, ParameterValue>>([
    { scheme: 'unit' },
    { scheme: 'inverseSqrt' },
    { scheme: 'gpt2' },
    { scheme: 'custom', std: 0.4 },
    { scheme: 'unit', dModel: 37, vocab: 1001, tokens: 9 },
    { scheme: 'inverseSqrt', hidden: 'tied', alignment: 1 },
    { scheme: 'inverseSqrt', hidden: 'tied', alignment: 0.5, dModel: 256 },
    { scheme: 'unit', hidden: 'tied', alignment: 0 },
  ])('agrees with theory within the sampling error: %o', async (values) => {
    const metrics = await measure(backend, values, 3)
    const { dModel, vocab, tokens } = { ...small, ...values } as typeof small
    // five standard errors; the tied logit's mean is only exact to O(1/d)
    const theoryError = values.hidden === 'tied' ? 0.25 / dModel : 0
    const lossError = 5 * metrics.lossStandardError + metrics.lossPredicted * theoryError
    expect(Math.abs(metrics.loss - metrics.lossPredicted)).toBeLessThan(lossError)
    const entropyError = 5 * metrics.entropyStandardError + theoryError
    expect(Math.abs(metrics.entropy - metrics.entropyPredicted)).toBeLessThan(entropyError)
    expect(Math.abs(metrics.logitStd - metrics.logitStdPredicted)).toBeLessThan(
      5 * metrics.logitStdStandardError,
    )
    expect(metrics.lnVocab).toBeCloseTo(Math.log(vocab), 12)
    expect(metrics.tokensMeasured).toBe(4 * tokens)
    if (values.hidden === 'tied')
      expect(Math.abs(metrics.ownLogit - metrics.ownLogitPredicted)).toBeLessThan(
        0.1 * metrics.logitStdPredicted + 0.02 * metrics.ownLogitPredicted,
      )
    else expect(metrics.ownLogit).toBeNaN()
  })

  it('measures Σp² and the largest probability of a needle', async () => {
    const metrics = await measure(backend, { scheme: 'unit' }, 7)
    expect(metrics.sumSquaredProbabilityPredicted).toBe(expectedSumSquaredProbability(small.vocab, 8))
    expect(Math.abs(metrics.sumSquaredProbability - metrics.sumSquaredProbabilityPredicted)).toBeLessThan(
      0.06,
    )
    expect(metrics.maxProbability).toBeGreaterThan(metrics.sumSquaredProbability)
  })

  it('replays the same frames from the same seed, and others from another', async () => {
    const frames = []
    for (const seed of [7, 7, 8]) {
      const experiment = await createExperiment(backend, { ...small, seed })
      await complete(experiment, 2)
      frames.push(await picture(experiment))
      experiment.dispose()
    }
    expect(frames[1]).toEqual(frames[0])
    expect(frames[2].metrics.loss).not.toBe(frames[0].metrics.loss)
  })

  it('gives after a drag what a fresh run gives', async () => {
    // replaced before its first pass is complete
    let experiment = await createExperiment(backend, { ...small, dModel: 60, vocab: 40_000 })
    await experiment.advance(0, 0)
    const drag: ParameterValues[] = [{ dModel: 100 }, { dModel: 31 }, { dModel: 31, scheme: 'inverseSqrt' }]
    for (const values of drag) {
      const next = await createExperiment(backend, { ...small, ...values }, experiment)
      experiment.dispose()
      experiment = next
      await complete(experiment)
      const { milliseconds: _, ...dragged } = await experiment.metrics()
      const { milliseconds: __, ...fresh } = await measure(backend, values)
      expect(dragged).toEqual(fresh)
    }
    const { measured } = (await experiment.frame()).data as InitFrame
    // every completed setting leaves a dot for both schemes: d = 100 and d = 31
    expect(measured.map(({ scheme, dModel }) => `${scheme} ${dModel}`).sort()).toEqual(
      ['inverseSqrt 100', 'inverseSqrt 31', 'unit 100', 'unit 31'].sort(),
    )
    experiment.dispose()
  })

  it('shows partial results while the vocabulary streams through', async () => {
    const experiment = await createExperiment(backend, { ...small, vocab: 40_000, dModel: 16, tokens: 8 })
    const seen: number[] = []
    while (!experiment.ready) {
      await experiment.advance(0, 0)
      const { data, metrics } = (await experiment.frame()) as {
        data: InitFrame
        metrics: Record<string, number>
      }
      seen.push(data.wordsSeen)
      const density = data.histogramDensity.reduce((sum, value) => sum + value, 0)
      const width = data.histogramEdges[1] - data.histogramEdges[0]
      expect(density * width + data.outside).toBeCloseTo(1, 4)
      expect(metrics.loss).toBeGreaterThan(5)
      expect(data.schemes[0].landscape.every((height) => height >= 0 && height <= 1.0001)).toBe(true)
    }
    expect(seen.at(-1)).toBe(40_000)
    expect(new Set(seen).size).toBeGreaterThan(1)
    experiment.dispose()
  })

  it('draws a table beyond its budget again on every pass, with the same words', async () => {
    const kept = new EmbeddingTable(backend, 3, 1000, 20, 256)
    const streamed = new EmbeddingTable(backend, 3, 1000, 20, 256, 1000)
    expect([kept.kept, streamed.kept]).toEqual([true, false])
    for (let pass = 0; pass < 2; pass++)
      for (let index = 0; index < 4; index++) {
        const [one, other] = [kept.slice(index), streamed.slice(index)]
        expect([other.firstWord, other.words]).toEqual([one.firstWord, one.words])
        expect(await backend.read(other.tensor)).toEqual(await backend.read(one.tensor))
      }
    kept.dispose()
    streamed.dispose()
  })

  it('has a hot loop that gives the same losses on every run and can be stopped', async () => {
    const loop = await createHotLoop(backend, small)
    const first = await loop.run(async () => false)
    const second = await loop.run(async () => false)
    expect(second.result).toEqual(first.result)
    expect(first.operations).toBe(2 * 64 * 64 * 2000)
    await expect(loop.run(async () => true)).rejects.toThrow('cancelled')
    loop.dispose()
  })

  it('offers a default vocabulary within the permitted range', async () => {
    const { vocab } = await calibratedDefaults(backend, small, { dModel: 64 })
    expect(vocab).toBeGreaterThanOrEqual(1000)
    expect(vocab).toBeLessThanOrEqual(50257)
    expect(await calibratedDefaults(backend, small, { vocab: 3000 })).toEqual({})
  })
})

describe('the standard errors', () => {
  it.each<Record<string, ParameterValue>>([
    { dModel: 16, scheme: 'unit' },
    { dModel: 16, scheme: 'inverseSqrt' },
    { dModel: 64, scheme: 'unit' },
    { dModel: 16, scheme: 'inverseSqrt', hidden: 'tied', alignment: 0.5 },
  ])('are those over seeds, tables included: %o', async (values) => {
    // one backend is enough: the errors are computed from its sums
    const backend = await backends[0].create()
    const errors = { loss: [] as number[], entropy: [] as number[] }
    let experiment: Experiment | undefined
    for (let seed = 0; seed < 32; seed++) {
      const next = await createExperiment(
        backend,
        { ...small, vocab: 1000, tokens: 256, ...values, seed },
        experiment,
      )
      experiment?.dispose()
      experiment = next
      while (!experiment.ready || experiment.step < 1) await experiment.advance(1, 0)
      const metrics = (await experiment.metrics()) as Record<string, number>
      for (const name of ['loss', 'entropy'] as const)
        errors[name].push((metrics[name] - metrics[`${name}Predicted`]) / metrics[`${name}StandardError`])
    }
    experiment?.dispose()
    backend.dispose()
    for (const spread of [deviation(errors.loss), deviation(errors.entropy)]) {
      // 32 values give a standard deviation with an error of an eighth
      expect(spread).toBeGreaterThan(0.7)
      expect(spread).toBeLessThan(1.35)
    }
  })
})

describe('both backends', () => {
  it('give the same losses from the same seed', async () => {
    const values = { ...small, dModel: 100, scheme: 'unit', vocab: 2000 }
    const results = []
    for (const { create } of backends) {
      const backend = await create()
      results.push(await measure(backend, values, 1))
      backend.dispose()
    }
    const [one, other] = results
    // logits up to 50 from 100 products in float32: errors of 1e-5, which the softmax passes on
    for (const metric of ['loss', 'entropy', 'maxProbability', 'sumSquaredProbability', 'logitStd'])
      expect(Math.abs(one[metric] / other[metric] - 1)).toBeLessThan(1e-4)
  })
})
