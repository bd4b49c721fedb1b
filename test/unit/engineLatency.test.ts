/** The engine's use of its time where answers are late, on a clock of the test. */
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Backend, FitArguments } from '../../src/compute/backend.ts'
import { buildKernels } from '../../src/compute/wasm/build.ts'
import { Engine } from '../../src/engine/engine.ts'
import { experimentModule } from '../../src/labs/kl/experiment.ts'
import { type Cost, elapsed, LateDevice } from './lateDevice.ts'

beforeAll(buildKernels)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const cost: Cost = (operation, [parameters]) => {
  if (operation !== 'gaussianFit') return 0.02
  const { fits, state, steps } = parameters as FitArguments
  return 0.39 * (fits ?? state.shape[0]) * Math.max(1, steps)
}

/** Opens the KL lab on this backend. */
async function openOn(backend: Backend): Promise<Engine> {
  const engine = new Engine(undefined, { kl: async () => experimentModule })
  // replaces the backend that the engine would choose
  Object.assign(Reflect.get(engine, 'current').used, { chosen: { backend, reason: 'made up' } })
  // a descent so slow that it does not come to rest
  await engine.open('kl', { starts: 8, optimizer: 'gradientDescent', learningRate: 1e-4 }, 'automatic')
  return engine
}

const frameOf = async (engine: Engine) => (await engine.nextFrame()).frame

it.each([
  { latency: 3, busy: 0.95 },
  { latency: 16, busy: 0.85 },
  { latency: 100, busy: 0.85 },
])('keeps the device at work and the page drawing with $latency ms an answer', async ({ latency, busy }) => {
  const { device, backend } = await LateDevice.open(latency, cost)
  let frames = 0
  let share = 0
  await elapsed(async () => {
    const engine = await openOn(backend)
    engine.play()
    // the first slices measure the speed
    while (performance.now() < 3000) await frameOf(engine)
    const begin = { at: performance.now(), work: device.work }
    for (; performance.now() < begin.at + 2000; frames++) {
      await frameOf(engine)
      await new Promise((resolve) => setTimeout(resolve, 16))
    }
    share = (device.work - begin.work) / (performance.now() - begin.at)
    engine.dispose()
  })
  expect(share).toBeGreaterThan(busy)
  // nearly ten frames a second if every answer takes a tenth of a second
  expect(frames).toBeGreaterThan(latency < 100 ? 40 : 15)
})

it('takes exactly the steps that are asked for, those under way when it is asked counted', async () => {
  const { backend } = await LateDevice.open(50, cost)
  await elapsed(async () => {
    const engine = await openOn(backend)
    await engine.run(7)
    expect((await engine.metrics()).step).toBe(7)
    engine.play()
    while ((await frameOf(engine)).step < 30);
    await engine.run(1)
    const { step } = await engine.metrics()
    await engine.run(1)
    expect((await engine.metrics()).step).toBe((step as number) + 1)
    engine.dispose()
  })
})
