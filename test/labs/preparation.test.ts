/** What the engine trains for later steps of the story, and how a step begins there: on a made-up lab. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import type { Later, Plan } from '../../src/engine/protocol.ts'
import type { Experiment, ExperimentModule } from '../../src/labs/experiment.ts'
import type { Parameter, ParameterValues } from '../../src/labs/parameter.ts'

const number = { kind: 'number', label: '', help: '', minimum: 0, maximum: 99, default: 1 } as const
const parameters: readonly Parameter[] = [
  { ...number, id: 'seed' },
  { ...number, id: 'rate', live: true },
  { ...number, id: 'shown', live: true },
]
const values = { seed: 1, rate: 1, shown: 1 }

/** Number of slices of each seed; and of runs that were not disposed of. */
let slices: Record<number, number> = {}
let open = 0
/** A function that restored runs call in `advance` or `frame`. */
let damage: { advance?: () => void; frame?: () => void } = {}
let lastStep = 20

/** Adds its rate and seed in every step, which takes 2 ms. */
function adding(given: ParameterValues, saved?: { readonly step: number; readonly sum: number }): Experiment {
  let current = given
  let { step, sum } = saved ?? { step: 0, sum: 0 }
  open++
  const metrics = () => ({ sum, shown: current.shown as number })
  return {
    get step() {
      return step
    },
    ready: true,
    progress: 1,
    complete: true,
    lastStep,
    async advance(steps) {
      if (saved) damage.advance?.()
      slices[current.seed as number] = (slices[current.seed as number] ?? 0) + 1
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (steps === 0) return
      step++
      sum = sum * 1.1 + (current.rate as number) + (current.seed as number)
    },
    update(next) {
      current = next
    },
    async frame() {
      if (saved) damage.frame?.()
      return { metrics: metrics(), data: null, transfer: [] }
    },
    metrics: async () => metrics(),
    save: async () => ({ step, sum }),
    dispose() {
      open--
    },
  }
}

const experimentModule: ExperimentModule = {
  parameters,
  createExperiment: async (_, given) => adding(given),
  restoreExperiment: async (_, given, saved) => adding(given, saved as { step: number; sum: number }),
  deciding: ({ shown, ...rest }) => rest,
  calibratedDefaults: async () => ({}),
  createHotLoop: () => Promise.reject(new Error('nothing to time')),
}

const engines: Engine[] = []
async function opened(given: ParameterValues = values, build?: string): Promise<Engine> {
  const labs = { adding: async () => experimentModule, next: async () => ({ ...experimentModule }) }
  const engine = new Engine(undefined, labs, build)
  engines.push(engine)
  await engine.open('adding', given, 'wasm')
  return engine
}

beforeEach(() => {
  slices = {}
  damage = {}
  lastStep = 20
})
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose()
  expect(open).toBe(0)
})

const later = (seed: number, needs: number | 'end', lab = 'adding'): Later => ({
  lab,
  values: { ...values, seed },
  needs,
})
const plan = (given: Partial<Plan> = {}): Plan => ({ values, enters: false, later: [], ...given })
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
/** Waits until no further slices are done. */
async function settled(): Promise<void> {
  for (let before = -1, now = 0; before !== now; ) {
    before = now
    await pause(700)
    now = Object.values(slices).reduce((sum, one) => sum + one, 0)
  }
}
const frameOf = async (engine: Engine) => (await engine.nextFrame()).frame

/** As the page enters a step: its values, and what the story needs now. Returns the frame after it. */
async function enter(engine: Engine, seed: number, needs: number | 'end') {
  await engine.set({ seed })
  await engine.prepare(plan({ values: { ...values, seed }, needs, enters: true }))
  return frameOf(engine)
}
/** The sum after so many steps from the start. */
async function sumAfter(seed: number, steps: number): Promise<number> {
  const engine = await opened({ ...values, seed })
  await engine.run(steps)
  return (await engine.metrics()).sum as number
}

describe('a later step of the story', () => {
  it('begins where it needs the run, and goes on from there as if it had been trained here', async () => {
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 12), later(3, 'end')] }))
    await settled()
    // the shown run was left alone
    expect(slices[1]).toBeUndefined()
    expect(slices).toEqual({ 2: 12, 3: lastStep })
    // both are saved, and their memory is free
    expect(open).toBe(1)
    expect(await enter(engine, 2, 12)).toMatchObject({ step: 12, ready: true, finished: false })
    expect(slices[2]).toBe(12)
    await engine.run(3)
    expect((await engine.metrics()).sum).toBe(await sumAfter(2, 15))
    expect(await enter(engine, 3, 'end')).toMatchObject({ step: lastStep, finished: true })
    expect(slices[3]).toBe(lastStep)
  })

  it('begins at 0 after a reset and with other values, and where it is already further', async () => {
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 5)] }))
    await settled()
    expect(await enter(engine, 2, 5)).toMatchObject({ step: 5 })
    await engine.reset()
    expect(await frameOf(engine)).toMatchObject({ step: 0 })
    expect(await enter(engine, 4, 5)).toMatchObject({ step: 0 })
    expect(await enter(engine, 2, 5)).toMatchObject({ step: 5 })
    await engine.run(2)
    expect(await enter(engine, 2, 5)).toMatchObject({ step: 7 })
  })

  it('has the values that are only shown as they are now', async () => {
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 5)] }))
    await settled()
    await engine.set({ shown: 8 })
    await engine.set({ seed: 2 })
    await engine.prepare(plan({ values: { ...values, shown: 8, seed: 2 }, needs: 5, enters: true }))
    expect(await frameOf(engine)).toMatchObject({ step: 5, metrics: { shown: 8 } })
  })

  it('takes over the run that is trained half', async () => {
    lastStep = 200
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 'end')] }))
    await expect.poll(() => slices[2] ?? 0).toBeGreaterThan(3)
    const frame = await enter(engine, 2, 'end')
    expect(frame.step).toBeGreaterThan(3)
    expect(frame.step).toBeLessThan(lastStep)
    await engine.run(lastStep - frame.step)
    // no step was done twice
    expect(slices[2]).toBe(lastStep)
    expect((await engine.metrics()).sum).toBe(await sumAfter(2, lastStep))
  })

  it('waits for its values, which may come after the plan', async () => {
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 5)] }))
    await settled()
    await engine.prepare(plan({ values: { ...values, seed: 2 }, needs: 5, enters: true }))
    expect(await frameOf(engine)).toMatchObject({ step: 0 })
    await engine.set({ seed: 2 })
    expect(await frameOf(engine)).toMatchObject({ step: 5 })
  })

  it('is not trained while the run plays, the page is hidden, or a hand is on it', async () => {
    lastStep = 10_000
    const engine = await opened()
    engine.setSpeed(50)
    engine.play()
    await engine.prepare(plan({ later: [later(2, 'end')] }))
    await pause(200)
    expect(slices[2]).toBeUndefined()
    engine.pause()
    engine.disturbed()
    await pause(300)
    expect(slices[2]).toBeUndefined()
    engine.setVisible(false)
    await pause(500)
    expect(slices[2]).toBeUndefined()
    engine.setVisible(true)
    await expect.poll(() => slices[2] ?? 0).toBeGreaterThan(0)
    engine.disturbed()
    const before = slices[2]
    await pause(300)
    expect(slices[2]).toBeLessThanOrEqual(before + 1)
  })

  it('of the next lab begins where it needs the run, too', async () => {
    const engine = await opened()
    // a value that is not named takes its default, as where the lab is opened
    const { rate: _, ...named } = later(2, 12, 'next').values
    await engine.prepare(plan({ later: [{ lab: 'next', values: named, needs: 12 }, later(3, 5)] }))
    await settled()
    // the open lab's own comes first, and both are saved
    expect(slices).toEqual({ 3: 5, 2: 12 })
    expect(Object.keys(slices)).toHaveLength(2)
    expect(open).toBe(1)
    const all = (await engine.open('next', named, 'wasm')).values
    await engine.prepare(plan({ values: all, needs: 12, enters: true }))
    expect(await frameOf(engine)).toMatchObject({ lab: 'next', step: 12 })
  })

  it('of the next lab takes over the run that is half trained', async () => {
    lastStep = 10_000
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 'end', 'next')] }))
    await expect.poll(() => slices[2] ?? 0).toBeGreaterThan(5)
    // a newer plan with the same need does not begin it anew
    await engine.prepare(plan({ later: [later(2, 'end', 'next')] }))
    expect(open).toBe(2)
    await engine.open('next', { ...values, seed: 2 }, 'wasm')
    await engine.prepare(plan({ values: { ...values, seed: 2 }, needs: 'end', enters: true }))
    expect((await frameOf(engine)).step).toBeGreaterThan(5)
    expect(open).toBe(1)
  })

  it('is dropped when no step needs it any more, and with its backend', async () => {
    lastStep = 10_000
    const engine = await opened()
    for (const end of [
      () => engine.prepare(plan()),
      () => engine.open('next', values, 'wasm').then(() => engine.prepare(plan())),
      () => engine.open('adding', values, 'wasm').then(() => engine.prepare(plan())),
      () => engine.use('wasm'),
    ]) {
      await engine.prepare(plan({ later: [later(2, 'end')] }))
      await expect.poll(() => open).toBe(2)
      await end()
      expect(open).toBe(1)
    }
  })
})

describe('the present step of the story', () => {
  it('says how far it is on its way, and how long that takes, once it plays', async () => {
    const engine = await opened()
    await engine.prepare(plan({ needs: 'end' }))
    expect((await frameOf(engine)).preparing).toEqual({ share: 0, seconds: null })
    engine.setSpeed(5)
    engine.play()
    let frame = await frameOf(engine)
    while (frame.step < 10) frame = await frameOf(engine)
    expect(frame.preparing?.share).toBe(frame.step / lastStep)
    // five steps a second
    expect(frame.preparing?.seconds).toBeGreaterThan(((lastStep - frame.step) / 5) * 0.5)
    expect(frame.preparing?.seconds).toBeLessThan(((lastStep - frame.step) / 5) * 2)
    engine.setSpeed(Number.POSITIVE_INFINITY)
    while (!frame.finished) frame = await frameOf(engine)
    expect(frame.preparing).toBeUndefined()
  })

  it('that has trained itself is found again by the next page of the same build', async () => {
    const build = `build ${Math.random()}`
    const engine = await opened({ ...values, seed: 5 }, build)
    await engine.prepare(plan({ values: { ...values, seed: 5 }, needs: 'end' }))
    await engine.run(lastStep)
    await settled()
    const before = slices[5]
    const next = await opened(values, build)
    expect(await enter(next, 5, 'end')).toMatchObject({ step: lastStep })
    expect(slices[5]).toBe(before)
    const other = await opened(values, `${build}, changed`)
    expect(await enter(other, 5, 'end')).toMatchObject({ step: 0 })
  })

  it('that was changed on its way is not what the step needs', async () => {
    const engine = await opened()
    await engine.prepare(plan({ needs: 'end' }))
    await engine.run(3)
    await engine.set({ rate: 9 })
    await engine.set({ rate: 1 })
    await engine.run(lastStep - 3)
    await settled()
    const next = await opened()
    await next.prepare(plan({ needs: 'end', enters: true }))
    expect(await frameOf(next)).toMatchObject({ step: 0 })
    // it was not saved in memory either
    await engine.reset()
    await engine.prepare(plan({ needs: 'end', enters: true }))
    expect(await frameOf(engine)).toMatchObject({ step: 0 })
  })

  it.each(['advance', 'frame'] as const)('begins anew where its saved data fail in %s', async (name) => {
    const engine = await opened()
    await engine.prepare(plan({ later: [later(2, 5)] }))
    await settled()
    damage = {
      [name]: () => {
        throw new TypeError('this is no checkpoint')
      },
    }
    await engine.set({ seed: 2 })
    await engine.prepare(plan({ values: { ...values, seed: 2 }, needs: 5, enters: true }))
    engine.setSpeed(3)
    engine.play()
    await expect.poll(async () => (await frameOf(engine)).step).toBeLessThan(3)
    engine.pause()
    // it is gone for good
    damage = {}
    await engine.reset()
    expect(await enter(engine, 2, 5)).toMatchObject({ step: 0 })
  })
})
