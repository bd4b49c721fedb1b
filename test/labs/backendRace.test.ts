/** The race of backends in the engine: equal steps, faults, its end, and the run that waits for it. */
import { afterEach, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'
import type { BackendRaceState } from '../../src/engine/raceProtocol.ts'
import { requestOwnDevice } from '../browser/gpu.ts'

const small = { dModel: 32, vocab: 1500, tokens: 8, seed: 3 }
const engines: Engine[] = []

async function openEngine(gpu?: GPU, lab = 'init', values: Record<string, number | string> = small) {
  const engine = new Engine(gpu, experiments)
  engines.push(engine)
  await engine.open(lab, values, 'wasm')
  return engine
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose()
})

/** The real GPU, with the devices that were asked for. */
function gpuInHand() {
  const devices: GPUDevice[] = []
  const gpu = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = (await navigator.gpu.requestAdapter(options))!
      const { features, limits, info } = adapter
      const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
        const device = await requestOwnDevice(adapter, descriptor)
        devices.push(device)
        return device
      }
      return { features, limits, info, requestDevice }
    },
  } as unknown as GPU
  return { gpu, devices }
}

const reasonsOf = (devices: readonly GPUDevice[]) =>
  Promise.all(devices.map(async ({ lost }) => (await lost).reason))

it('lets all do the same steps, gives the same numbers, frees its devices, and leaves the run as it was', async () => {
  const { gpu, devices } = gpuInHand()
  const engine = await openEngine(gpu)
  await engine.run(2)
  const before = await engine.metrics()
  const states: BackendRaceState[] = []
  const rows = await engine.raceBackends({ steps: 12 }, (state) => states.push(state))
  expect(rows[0]).toMatchObject({ kind: 'wasm', threads: 1, software: false })
  expect(rows.at(-1)).toMatchObject({ kind: 'webgpu' })
  const winner = rows.find(({ phase }) => phase === 'home')!
  expect(winner.steps).toBe(12)
  const time = Math.min(...rows.filter(({ phase }) => phase === 'home').map((row) => row.milliseconds))
  for (const row of rows) {
    expect(['home', 'short']).toContain(row.phase)
    expect(row.steps).toBeGreaterThan(0)
    expect(row.steps).toBeLessThanOrEqual(12)
    // nobody who is short had less time than the first needed
    if (row.phase === 'short') expect(row.milliseconds).toBeGreaterThanOrEqual(time)
    expect(row.millisecondsPerStep).toBeCloseTo(row.milliseconds / row.steps, 9)
    expect(row.gigaflopsPerSecond).toBeCloseTo((2 * 8 * 32 * 1500) / row.millisecondsPerStep / 1e6, 9)
    // the numbers at the start line: those of two batches
    expect(row.metrics.tokensMeasured).toBe(16)
    expect(Math.abs((row.metrics.loss as number) / (rows[0].metrics.loss as number) - 1)).toBeLessThan(1e-4)
  }
  const phases = states.map(({ phase }) => phase)
  expect(phases[0]).toBe('preparing')
  expect(phases).toContain('racing')
  expect(phases.at(-1)).toBe('over')
  const lanes = states.flatMap(({ rows }) => rows.map(({ phase }) => phase))
  for (const phase of ['waiting', 'compiling', 'ready', 'racing', 'home'] as const)
    expect(lanes).toContain(phase)
  expect(devices).toHaveLength(1)
  expect(await reasonsOf(devices)).toEqual(['destroyed'])
  expect(await engine.metrics()).toEqual(before)
})

it('goes on without one that cannot open, or is lost on the way', async () => {
  const without = await openEngine()
  const rows = await without.raceBackends({ steps: 3 }, () => {})
  expect(rows[0]).toMatchObject({ phase: 'home', steps: 3 })
  expect(rows.at(-1)).toMatchObject({ kind: 'webgpu', phase: 'out', steps: 0 })
  expect(rows.at(-1)!.error).toMatch(/\w/)

  const { gpu, devices } = gpuInHand()
  const losing = await openEngine(gpu)
  const left = await losing.raceBackends({ steps: 40 }, ({ rows }) => {
    if (rows.at(-1)?.phase === 'racing') devices[0].destroy()
  })
  expect(left[0]).toMatchObject({ phase: 'home' })
  expect(left.at(-1)).toMatchObject({ kind: 'webgpu', phase: 'out' })
})

it('waits where it is held, and is ended by an order and by whatever changes the run', async () => {
  const { gpu, devices } = gpuInHand()
  const engine = await openEngine(gpu)
  await engine.run(1)
  let phase: BackendRaceState['phase'] | undefined
  const tell = (state: BackendRaceState) => {
    phase = state.phase
  }
  const begin = (held: boolean) => engine.raceBackends({ steps: 1_000_000, held }, tell)

  // an order may come before the code of the race
  const early = expect(begin(true)).rejects.toMatchObject({ name: 'AbortError' })
  engine.steerRace('end')
  await early

  const held = begin(true)
  await expect.poll(() => phase).toBe('ready')
  engine.steerRace('go')
  await expect.poll(() => phase).toBe('racing')
  engine.steerRace('hold')
  await expect.poll(() => phase).toBe('held')
  engine.steerRace('end')
  await expect(held).rejects.toMatchObject({ name: 'AbortError' })

  const ended = expect(begin(true)).rejects.toMatchObject({
    name: 'AbortError',
    message: 'A parameter was changed.',
  })
  await expect.poll(() => phase).toBe('ready')
  await engine.set({ dModel: 16 })
  await ended
  const another = expect(begin(true)).rejects.toMatchObject({ message: 'Another race was begun.' })
  await expect.poll(() => phase).toBe('ready')
  expect((await engine.raceBackends({ steps: 1 }, tell))[0].steps).toBe(1)
  await another
  expect(await reasonsOf(devices)).toEqual(devices.map(() => 'destroyed'))
})

it('refuses what it cannot do with a sentence', async () => {
  const engine = await openEngine()
  await expect(engine.raceBackends({ steps: 0 }, () => {})).rejects.toThrow(RangeError)
  const still = await openEngine(undefined, 'kl', { family: 'uniform' })
  await expect(still.raceBackends({}, () => {})).rejects.toThrow(/no steps to race/)
  expect((await still.metrics()).step).toBe(0)
})
