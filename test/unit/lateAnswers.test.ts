/** The runs of all labs on a device with late answers, on a clock of the test. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Backend, FitArguments } from '../../src/compute/backend.ts'
import { buildKernels } from '../../src/compute/wasm/build.ts'
import type { Text } from '../../src/data/text.ts'
import type { ExperimentModule, Metrics } from '../../src/labs/experiment.ts'
import { experimentModule as init } from '../../src/labs/init/experiment.ts'
import { experimentModule as kl } from '../../src/labs/kl/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { parameters as trainingParameters, typed } from '../../src/labs/training/parameters.ts'
import { Run as TrainingRun } from '../../src/labs/training/run.ts'
import { defaults } from '../../src/labs/validation.ts'
import { experimentModule as vib } from '../../src/labs/vib/experiment.ts'
import type { ImageSet } from '../../src/labs/vib/images.ts'
import { typed as typedVib } from '../../src/labs/vib/parameters.ts'
import { Run as VibRun } from '../../src/labs/vib/run.ts'
import { type Cost, elapsed, LateDevice } from './lateDevice.ts'

beforeAll(buildKernels)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The engine's milliseconds of work between two checks for messages. */
const budget = 12

interface Running {
  readonly step: number
  readonly ready: boolean
  readonly lastStep: number
  advance(steps: number, budget: number): Promise<void>
}

/** Plays like the engine: up to a step, or to the run's own end. */
async function play(running: Running, steps: number): Promise<void> {
  const due = () => Math.min(steps, running.lastStep) - running.step
  while (due() > 0 || !running.ready) await running.advance(due(), budget)
}

function experiment(module: ExperimentModule, values: ParameterValues, steps: number) {
  return async (backend: Backend) => {
    const run = await module.createExperiment(backend, { ...defaults(module.parameters), ...values })
    await play(run, steps)
    const metrics = await run.metrics()
    run.dispose()
    return metrics
  }
}

function images(count: number): ImageSet {
  const pixels = Uint8Array.from({ length: count * 14 * 14 }, (_, i) => (i * 2654435761) >>> 24)
  return { side: 14, count, pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) }
}

function vibRun(values: ParameterValues, steps: number) {
  return async (backend: Backend) => {
    const given = typedVib({
      ...defaults(vib.parameters),
      ...{ preset: 'custom', pixels: 14, hiddenWidth: 8, hiddenLayers: 1, decoderWidth: 0 },
      ...{ trainSize: 100, batchSize: 20, evaluationSamples: 1, ...values },
    })
    const run = await VibRun.create(backend, given, images(100), images(50))
    const begin = performance.now()
    const left = () => budget - ((performance.now() - begin) % budget)
    while (run.metrics().evaluatedStep !== steps) await run.advance(steps, left)
    const metrics = run.metrics()
    run.dispose()
    return metrics
  }
}

function trainingRun(steps: number) {
  return async (backend: Backend) => {
    const values = typed({
      ...defaults(trainingParameters),
      ...{ text: 'own', dModel: 8, heads: 2, vocab: 20, context: 8, batchSize: 1 },
    })
    const ids = Uint16Array.from({ length: 2000 }, (_, i) => (i * i + (i >> 3)) % 19)
    const counts = new Uint32Array(19)
    for (const id of ids) counts[id]++
    const words = Array.from({ length: 19 }, (_, id) => `w${id}`)
    const text: Text = { name: 'made up', words, ids, counts }
    const run = new TrainingRun(backend, values, text)
    while (run.step < steps || !run.ready) {
      const begin = performance.now()
      await run.advance(steps, () => budget - (performance.now() - begin))
    }
    const metrics = { ...(await run.metrics()), ...run.curves }
    run.dispose()
    return metrics
  }
}

/** Costs of operations: those of fits, words and products grow with their size, others are negligible. */
const cost: Cost = (operation, [parameters]) => {
  if (operation === 'gaussianFit' || operation === 'planeFit') {
    const { fits, state, steps } = parameters as FitArguments
    return 0.02 * (fits ?? state.shape[0]) * Math.max(1, steps)
  }
  return operation === 'logitLoss' ? 1 : 0.02
}

/** Metrics without speeds, and without values that are renewed as often as there is time. */
const withoutTimes = (metrics: Metrics): Metrics =>
  Object.fromEntries(
    Object.entries(metrics).filter(
      ([name]) => !/PerSecond$|^milliseconds$|^gradient|^followed$|^basins$|^rest$/.test(name),
    ),
  )

interface FixedRun {
  readonly run: (backend: Backend) => Promise<Metrics>
  /** Largest number of answers that can only be requested after another one. */
  readonly answers: number
}

const runs: Readonly<Record<string, FixedRun>> = {
  // the measurement of the backend takes half of them
  'init, 6 batches': {
    run: experiment(init, { vocab: 8000, dModel: 8, tokens: 4 }, 5),
    answers: 12,
  },
  'kl on the line, 40 steps': {
    run: experiment(kl, { starts: 24, family: 'gaussian1d' }, 40),
    answers: 6,
  },
  'kl in the plane, 20 steps': {
    run: experiment(kl, { starts: 4, family: 'gaussian2d' }, 20),
    answers: 4,
  },
  // the run ends at the check that finds the fits at rest: their later steps do not count
  'kl on the line, to its end': {
    run: experiment(kl, { starts: 4, family: 'gaussian1d', learningRate: 0.2 }, 4000),
    answers: 100,
  },
  // every fifth step waits for an evaluation
  'vib, one model, 30 steps': { run: vibRun({ mode: 'one' }, 30), answers: 32 },
  'vib, a sweep, 30 steps': { run: vibRun({ mode: 'sweep', betaCount: 3, seeds: 1 }, 30), answers: 20 },
  // the first 21 steps are measured, in two answers each; 16 words are written one after the other
  'training, 25 steps': { run: trainingRun(25), answers: 92 },
}

describe.each(Object.entries(runs))('%s', (_, { run, answers }) => {
  const known = new Map<number, { took: number; work: number; metrics: Metrics }>()
  /** Time and results of a run with answers this late; 1 ms late where the work takes no time. */
  async function late(latency: number) {
    let made = known.get(latency)
    if (!made) {
      const { device, backend } = await LateDevice.open(latency, latency === 1 ? () => 0 : cost)
      let metrics: Metrics = {}
      const took = await elapsed(async () => {
        metrics = withoutTimes(await run(backend))
      })
      made = { took, work: device.work, metrics }
      known.set(latency, made)
    }
    return made
  }

  it('needs few answers: so many where the work takes no time', async () => {
    expect((await late(1)).took).toBeLessThanOrEqual(answers)
  })

  it.each([16, 100])('takes its work and few times those where each is %i ms late', async (latency) => {
    const { took, work } = await late(latency)
    expect(took).toBeLessThan(work + 3 * answers * latency)
  })

  it('comes to the same with them', async () => {
    const { metrics } = await late(0)
    for (const latency of [16, 100]) expect((await late(latency)).metrics).toEqual(metrics)
  })
})
