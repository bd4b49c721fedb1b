/** Every lab's run on a device whose answers are late, on a clock of the test. */
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Backend, GaussianFitArguments } from '../../src/compute/backend.ts'
import { buildKernels } from '../../src/compute/wasm/build.ts'
import type { Text } from '../../src/data/text.ts'
import { experimentModule as init } from '../../src/labs/init/experiment.ts'
import { typedTraining } from '../../src/labs/init/training/parameters.ts'
import { Run as TrainingRun } from '../../src/labs/init/training/run.ts'
import { experimentModule as kl } from '../../src/labs/kl/experiment.ts'
import type { ExperimentModule, ParameterValues } from '../../src/labs/lab.ts'
import { defaults } from '../../src/labs/parameters.ts'
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

/** The engine's milliseconds of work between two looks at the messages. */
const budget = 12

interface Running {
  readonly step: number
  readonly ready: boolean
  advance(steps: number, budget: number): Promise<void>
}

/** As the engine does. */
async function play(running: Running, steps: number): Promise<void> {
  while (running.step < steps || !running.ready) await running.advance(steps - running.step, budget)
}

function experiment(module: ExperimentModule, values: ParameterValues, steps: number) {
  return async (backend: Backend) => {
    const run = await module.createExperiment(backend, { ...defaults(module.parameters), ...values })
    await play(run, steps)
    expect(run.step).toBe(steps)
    run.dispose()
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
    while (run.step < steps) await run.advance(steps, left)
    expect(run.step).toBe(steps)
    run.dispose()
  }
}

function trainingRun(steps: number) {
  return async (backend: Backend) => {
    const values = typedTraining({
      ...defaults(init.parameters, { view: 'training' }),
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
    expect(run.step).toBe(steps)
    run.dispose()
  }
}

/** Fits, words and products take the longer the larger they are, all else next to nothing. */
const cost: Cost = (operation, [parameters]) => {
  if (operation === 'gaussianFit' || operation === 'planeFit') {
    const { fits, state, steps } = parameters as GaussianFitArguments
    return 0.02 * (fits ?? state.shape[0]) * Math.max(1, steps)
  }
  return operation === 'logitLoss' ? 1 : 0.02
}

const runs: Readonly<Record<string, (backend: Backend) => Promise<void>>> = {
  'init, 6 batches': experiment(init, { view: 'initial', vocab: 8000, dModel: 8, tokens: 4 }, 5),
  'kl on the line, 40 steps': experiment(kl, { starts: 24, family: 'gaussian1d' }, 40),
  'kl in the plane, 20 steps': experiment(kl, { starts: 4, family: 'gaussian2d' }, 20),
  'vib, one model, 30 steps': vibRun({ mode: 'one' }, 30),
  'vib, a sweep, 30 steps': vibRun({ mode: 'sweep', betaCount: 3, seeds: 1 }, 30),
  'training, 25 steps': trainingRun(25),
}

/** Answers that can only be asked for once another has come: those of a device that takes no time for its work. */
const needed = new Map<string, number>()

for (const [name, run] of Object.entries(runs))
  for (const latency of [16, 100])
    it(`${name}: answers ${latency} ms late cost few times those that it needs`, async () => {
      if (!needed.has(name)) {
        const { backend } = await LateDevice.open(1, () => 0)
        needed.set(name, await elapsed(() => run(backend)))
      }
      const answers = needed.get(name) as number
      const { device, backend } = await LateDevice.open(latency, cost)
      const took = await elapsed(() => run(backend))
      expect(took).toBeLessThan(device.work + 3 * answers * latency)
    })
