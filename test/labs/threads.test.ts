/** A run comes to the same bits with any number of threads, and where one of them ends while it trains. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { Calls } from '../../src/compute/wasm/calls.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { patience as silence } from '../../src/compute/wasm/spare.ts'
import { patience } from '../../src/compute/wasm/team.ts'
import { codeOf } from '../../src/faults.ts'
import { allBackends } from '../../src/labs/common/readyBackends.ts'
import type { Experiment } from '../../src/labs/experiment.ts'
import { experimentModule as init } from '../../src/labs/init/experiment.ts'
import { experimentModule as kl } from '../../src/labs/kl/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { defaults } from '../../src/labs/validation.ts'
import { startedWorkers } from '../browser/startedWorkers.ts'
import * as training from './trainingRuns.ts'
import * as vib from './vibRuns.ts'

beforeAll(() => training.takeMadeUpText())
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** Values with which operations are long enough to be shared. */
const trained = { ...training.tiny, dModel: 64, context: 32, batchSize: 16, layers: 1 }

const runs: Readonly<Record<string, { steps: number; begin(backend: Backend): Promise<Experiment> }>> = {
  init: {
    steps: 3,
    begin: (backend) =>
      init.createExperiment(backend, {
        ...defaults(init.parameters),
        ...{ dModel: 192, vocab: 9000, tokens: 32, seed: 3 },
      }),
  },
  'training of two models': { steps: 6, begin: (backend) => training.begin(backend, trained) },
  'kl on the line': {
    steps: 8,
    begin: (backend) =>
      kl.createExperiment(backend, { ...defaults(kl.parameters), starts: 300, optimizer: 'adam' }),
  },
  'kl in the plane': {
    steps: 4,
    begin: (backend) =>
      kl.createExperiment(backend, { ...defaults(kl.parameters), family: 'fullCovariance', starts: 300 }),
  },
  'a sweep of vib': {
    steps: 6,
    begin: (backend) =>
      vib.beginOnFew(backend, {
        ...{ ...vib.small, mode: 'sweep', betaCount: 3, seeds: 1 },
        ...{ hiddenWidth: 128, batchSize: 64, evaluationSamples: 2 },
      }),
  },
}

/** All metrics after so many steps, but those of time. */
async function told(experiment: Experiment, steps: number) {
  while (experiment.step < steps || !experiment.complete)
    await experiment.advance(Math.max(0, steps - experiment.step), 50)
  const metrics: ParameterValues = (await experiment.metrics()) as never
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !/PerSecond|milliseconds/i.test(name)))
}

describe.each(Object.entries(runs))('%s', (_, { steps, begin }) => {
  it('has the same numbers with 1, 2, 3 and 7 threads', async () => {
    let expected: unknown
    for (const threads of [1, 2, 3, 7]) {
      const backend = await createWasmBackend({ threads })
      expect(backend.threads).toBe(threads)
      const publish = vi.spyOn(Calls.prototype, 'publish')
      const experiment = await begin(backend)
      const numbers = await told(experiment, steps)
      experiment.dispose()
      backend.dispose()
      if (threads > 1) expect(publish).toHaveBeenCalled()
      publish.mockRestore()
      expected ??= numbers
      expect(numbers).toEqual(expected)
    }
    expect(Object.keys(expected as object).length).toBeGreaterThan(3)
  })
})

// the plane divides its starts as the line does
const divided = Object.entries(runs).filter(([name]) => /^(init|kl on the line)/.test(name))

describe.each(divided)('%s, where threads cannot share a memory', (_, { steps, begin }) => {
  it('has the same numbers with 1, 2, 3, 4 and 7 threads', async () => {
    const numbersOf = async (backend: Backend) => {
      const experiment = await begin(backend)
      const numbers = await told(experiment, steps)
      experiment.dispose()
      backend.dispose()
      return numbers
    }
    const expected = await numbersOf(await createWasmBackend({ threads: 1 }))
    vi.stubGlobal('crossOriginIsolated', false)
    for (const threads of [1, 2, 3, 4, 7]) {
      const backend = await createWasmBackend({ threads })
      const [, ...spares] = await allBackends(backend)
      expect([backend.threads, spares.length]).toEqual([1, threads - 1])
      const uploads = spares.map((spare) => vi.spyOn(spare, 'upload'))
      expect(await numbersOf(backend)).toEqual(expected)
      for (const upload of uploads) expect(upload).toHaveBeenCalled()
    }
  })

  it('is lost with a spare thread that ends', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    const workers = startedWorkers()
    const backend = await createWasmBackend({ threads: 2 })
    await allBackends(backend)
    const experiment = await begin(backend)
    workers[0].terminate()
    const { wait } = silence
    silence.wait = 100
    try {
      expect(await told(experiment, steps).then(() => 'went on', codeOf)).toBe('lost')
    } finally {
      silence.wait = wait
    }
    experiment.dispose()
    backend.dispose()
  })
})

it('goes on to the same numbers where a thread ends while it trains', async () => {
  Object.assign(patience, { lookTime: 50 })
  const workers = startedWorkers()
  const { steps, begin } = runs['training of two models']
  const backends = [await createWasmBackend({ threads: 1 }), await createWasmBackend({ threads: 3 })]
  const [alone, together] = [await begin(backends[0]), await begin(backends[1])]
  await told(together, 2)
  workers[1].terminate()
  expect(await told(together, steps)).toEqual(await told(alone, steps))
  const waiting = performance.now()
  while (backends[1].threads === 3 && performance.now() - waiting < 20_000) {
    await together.advance(1, 10)
    // whether a thread has ended is asked now and then
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  expect(backends[1].threads).toBe(2)
  expect(await told(together, together.step + 3)).toEqual(await told(alone, together.step))
  for (const experiment of [alone, together]) experiment.dispose()
  for (const backend of backends) backend.dispose()
  Object.assign(patience, { lookTime: 1000 })
})
