/** The engine shares its time with the page that draws its frames; a made-up experiment counts its steps. */
import { afterEach, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import type { ExperimentModule } from '../../src/labs/experiment.ts'

let step = 0
const experimentModule: ExperimentModule = {
  parameters: [
    { id: 'beta', kind: 'number', label: 'β', help: '', minimum: 0, maximum: 1, default: 0, live: true },
  ],
  async createExperiment() {
    step = 0
    return {
      get step() {
        return step
      },
      ready: true,
      progress: 1,
      complete: true,
      lastStep: Number.POSITIVE_INFINITY,
      async advance(steps) {
        if (steps > 0) step++
      },
      update() {},
      frame: async () => ({ metrics: {}, data: null, transfer: [] }),
      metrics: async () => ({}),
      dispose() {},
    }
  },
  calibratedDefaults: async () => ({}),
  createHotLoop: () => Promise.reject(new Error('nothing to time')),
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

let engine: Engine
async function playing(): Promise<void> {
  engine = new Engine(undefined, { made: async () => experimentModule })
  await engine.open('made', {}, 'wasm')
  engine.play()
}
afterEach(() => engine.dispose())

/** Steps after a change of β, soon and later. The page takes `pageTakes` milliseconds for each frame. */
async function stepsAfterMove(pageTakes: number): Promise<{ soon: number; later: number }> {
  await playing()
  for (let frame = 0; frame < 12; frame++) {
    await engine.nextFrame()
    await sleep(pageTakes)
  }
  await engine.set({ beta: 0.5 })
  let told = (await engine.nextFrame()).frame
  while (told.values.beta !== 0.5) told = (await engine.nextFrame()).frame
  await sleep(20)
  const soon = step - told.step
  await sleep(150)
  return { soon, later: step - told.step }
}

it('takes no step while a page that draws slowly draws what was moved, and goes on then', async () => {
  const { soon, later } = await stepsAfterMove(40)
  expect(soon).toBe(0)
  expect(later).toBeGreaterThan(10)
})

it('takes steps meanwhile where the page draws quickly', async () => {
  const { soon } = await stepsAfterMove(0)
  expect(soon).toBeGreaterThan(0)
})

it('pauses no longer for the frames after it', async () => {
  await stepsAfterMove(40)
  for (let frame = 0; frame < 3; frame++) {
    const { frame: told } = await engine.nextFrame()
    await sleep(40)
    expect(step).toBeGreaterThan(told.step)
  }
})

it('has no new frame when what plays is told to play', async () => {
  await playing()
  // the next step is far in the future
  engine.setSpeed(0.01)
  await sleep(50)
  await engine.nextFrame()
  const next = engine.nextFrame().then(() => 'a frame')
  engine.play()
  expect(await Promise.race([next, sleep(200).then(() => 'none')])).toBe('none')
  // the requested frame still arrives
  engine.pause()
  expect(await next).toBe('a frame')
})
