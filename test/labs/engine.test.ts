/** The engine in the page's own thread: runs, changes, frames, failures, the choice of a backend. */
import { afterEach, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'
import type { Experiment, ExperimentModule, ParameterValues } from '../../src/labs/lab.ts'
import { requestOwnDevice } from '../browser/gpu.ts'

const small = { dModel: 32, vocab: 1500, tokens: 8, seed: 3 }
const engines: Engine[] = []

function createEngine(
  modules: Record<string, () => Promise<ExperimentModule>> = experiments,
  gpu?: GPU,
): Engine {
  const engine = new Engine(gpu, modules)
  engines.push(engine)
  return engine
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose()
})

/** How often an experiment was advanced in this file. */
let turns = 0

function withoutTime({ milliseconds: _, ...metrics }: Readonly<Record<string, unknown>>) {
  return metrics
}

/** An experiment that counts, fails at step `failAt`, and has played to its end at `lastStep`. */
function counting(failAt = Number.POSITIVE_INFINITY, lastStep = Number.POSITIVE_INFINITY): ExperimentModule {
  return {
    parameters: [
      { id: 'live', kind: 'number', label: '', help: '', minimum: 0, maximum: 9, default: 1, live: true },
      { id: 'still', kind: 'number', label: '', help: '', minimum: 0, maximum: 9, default: 1 },
    ],
    async createExperiment(_backend, values) {
      let current: ParameterValues = values
      const experiment: Experiment & { step: number } = {
        step: 0,
        ready: true,
        progress: 1,
        complete: true,
        lastStep,
        async advance(steps) {
          turns++
          if (steps > 0) experiment.step++
          if (experiment.step === failAt) throw new Error('the run met NaN')
          await new Promise((resolve) => setTimeout(resolve, 1))
        },
        update(next) {
          current = next
        },
        frame: async () => ({ metrics: { live: current.live as number }, data: null, transfer: [] }),
        metrics: async () => ({ step: experiment.step, live: current.live as number }),
        dispose() {},
      }
      return experiment
    },
    calibratedDefaults: async () => ({}),
    createHotLoop: () => Promise.reject(new Error('nothing to time')),
  }
}

const countingEngine = (failAt?: number, lastStep?: number) =>
  createEngine({ counting: async () => counting(failAt, lastStep) })

describe('a run', () => {
  it('opens paused at step 0, and its metrics wait for the state', async () => {
    const engine = createEngine()
    const { values, backend } = await engine.open('init', small, 'wasm')
    expect(values).toMatchObject({ ...small, scheme: 'unit', hidden: 'random' })
    expect(backend).toMatchObject({ kind: 'wasm', software: false, reason: 'chosen by you' })
    const metrics = await engine.metrics()
    expect(metrics.tokensMeasured).toBe(8)
    expect(await engine.nextFrame().then(({ frame }) => frame)).toMatchObject({
      step: 0,
      ready: true,
      playing: false,
    })
  })

  it('does exactly the steps asked for, and after a reset the same ones again', async () => {
    const engine = createEngine()
    await engine.open('init', small, 'wasm')
    await engine.run(3)
    const first = await engine.metrics()
    expect(first.tokensMeasured).toBe(32)
    await engine.reset()
    await engine.run(3)
    expect(withoutTime(await engine.metrics())).toEqual(withoutTime(first))
    await engine.run(0)
    expect((await engine.metrics()).tokensMeasured).toBe(32)
  })

  it('plays until it is paused, at no more than its speed', async () => {
    const engine = countingEngine()
    await engine.open('counting', {}, 'wasm')
    engine.setSpeed(50)
    engine.play()
    await new Promise((resolve) => setTimeout(resolve, 400))
    engine.pause()
    const { step } = await engine.metrics()
    expect(step).toBeGreaterThan(3)
    expect(step).toBeLessThanOrEqual(22)
    expect(() => engine.setSpeed(0)).toThrow(RangeError)
  })

  it('stops playing when the tab is hidden, and goes on when it is shown', async () => {
    const engine = countingEngine()
    await engine.open('counting', {}, 'wasm')
    engine.setVisible(false)
    engine.play()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await engine.metrics()).step).toBe(0)
    engine.setVisible(true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await engine.metrics()).step).toBeGreaterThan(0)
  })

  it('applies a live parameter where it stands and restarts for another', async () => {
    const engine = countingEngine()
    await engine.open('counting', {}, 'wasm')
    await engine.run(5)
    await engine.set({ live: 2 })
    expect(await engine.metrics()).toEqual({ step: 5, live: 2 })
    await engine.set({ still: 3 })
    expect(await engine.metrics()).toEqual({ step: 0, live: 2 })
  })

  it('drops what was set before another opening, and counts what is set during it', async () => {
    const engine = countingEngine()
    await engine.open('counting', {}, 'wasm')
    const late = expect(engine.set({ live: 7, still: 7 })).rejects.toMatchObject({ name: 'AbortError' })
    const opened = engine.open('counting', { still: 3 }, 'wasm')
    // the value that was there before the opening differs from the one it brings
    const during = engine.set({ still: 1 })
    await Promise.all([late, opened, during])
    await engine.metrics()
    const { frame } = await engine.nextFrame()
    expect(frame.values).toEqual({ live: 1, still: 1 })
    // the run began anew with the value
    expect(frame.run).toBe(3)
  })

  it('ends what a change makes obsolete with an AbortError', async () => {
    const engine = countingEngine()
    await engine.open('counting', {}, 'wasm')
    const run = engine.run(1_000_000)
    const outcome = expect(run).rejects.toMatchObject({ name: 'AbortError' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    await engine.set({ still: 2 })
    await outcome
  })

  it('settles every run: the newest is done, those it replaced are told so', async () => {
    const engine = countingEngine()
    await engine.open('counting', {}, 'wasm')
    engine.play()
    const outcomes = await Promise.allSettled([engine.run(3), engine.run(5), engine.run(1)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    // a change asked for right after a run makes it obsolete, however soon
    const run = engine.run(3)
    const outcome = expect(run).rejects.toMatchObject({ name: 'AbortError' })
    await engine.set({ still: 2 })
    await outcome
  })

  it('plays to its last step exactly, and goes beyond it when asked', async () => {
    const engine = countingEngine(undefined, 7)
    await engine.open('counting', {}, 'wasm')
    engine.play()
    await expect.poll(async () => (await engine.nextFrame()).frame.finished).toBe(true)
    expect((await engine.metrics()).step).toBe(7)
    await engine.run(2)
    expect((await engine.metrics()).step).toBe(9)
  })

  it('rests when nothing is due', async () => {
    const engine = countingEngine(undefined, 3)
    await engine.open('counting', {}, 'wasm')
    engine.play()
    await expect.poll(async () => (await engine.metrics()).step).toBe(3)
    engine.play()
    const before = turns
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(turns).toBe(before)
  })

  it('shows frames while a slider is dragged, each value sooner than the pass takes', async () => {
    const engine = createEngine()
    await engine.open('init', { dModel: 512, vocab: 50257, tokens: 64, seed: 1 }, 'wasm')
    await engine.metrics()
    const widths = new Set<unknown>()
    let dragging = true
    const pulled = (async () => {
      while (dragging) widths.add((await engine.nextFrame()).frame.values.dModel)
    })()
    const end = performance.now() + 1500
    for (let dModel = 300; performance.now() < end; dModel++) {
      await engine.set({ dModel })
      await new Promise((resolve) => setTimeout(resolve, 8))
    }
    dragging = false
    await engine.set({ dModel: 256 })
    await pulled
    // on a slow machine a partial picture every 90 ms would give 16
    expect(widths.size).toBeGreaterThan(4)
  })

  it('refuses a lab that does not exist and steps that are none', async () => {
    const engine = countingEngine()
    await expect(engine.open('nonsense', {}, 'wasm')).rejects.toThrow(RangeError)
    await engine.open('counting', {}, 'wasm')
    await expect(engine.run(-1)).rejects.toThrow('-1')
    await expect(engine.run(1.5)).rejects.toThrow(RangeError)
  })
})

describe('what the user brings along', () => {
  it('reaches a lab that need not be open, which answers or says why not', async () => {
    const got: [string, number][] = []
    const taking: ExperimentModule = {
      ...counting(),
      async provide(name, bytes) {
        if (bytes.length === 0) throw new RangeError('the file is empty')
        got.push([name, bytes.length])
        return { words: bytes.length }
      },
    }
    const engine = createEngine({ taking: async () => taking, counting: async () => counting() })
    expect(await engine.provide('taking', 'text', new Uint8Array(3))).toEqual({ words: 3 })
    await engine.open('counting', {}, 'wasm')
    await expect(engine.provide('taking', 'text', new Uint8Array(0))).rejects.toThrow('empty')
    await expect(engine.provide('counting', 'text', new Uint8Array(3))).rejects.toThrow(/counting.*text/)
    await expect(engine.provide('nonsense', 'text', new Uint8Array(3))).rejects.toThrow('no lab')
    expect(got).toEqual([['text', 3]])
    expect(await engine.metrics()).toEqual({ step: 0, live: 1 })
  })
})

describe('a failing run', () => {
  it('tells every caller, and a reset goes on', async () => {
    const engine = countingEngine(3)
    await engine.open('counting', {}, 'wasm')
    await engine.nextFrame()
    await expect(engine.run(5)).rejects.toThrow('the run met NaN')
    await expect(engine.nextFrame()).rejects.toThrow('the run met NaN')
    await expect(engine.metrics()).rejects.toThrow('the run met NaN')
    await engine.reset()
    await engine.run(2)
    expect(await engine.metrics()).toEqual({ step: 2, live: 1 })
  })
})

describe('backends', () => {
  it('are chosen by measure and said with a reason', async () => {
    const without = createEngine()
    const { backend } = await without.open('init', small, 'automatic')
    expect(backend.kind).toBe('wasm')
    expect(backend.reason).toContain('WebGPU')
    await expect(without.use('webgpu')).rejects.toThrow('WebGPU')
    expect((await without.metrics()).tokensMeasured).toBe(8)

    const adapter = await navigator.gpu.requestAdapter()
    const withGpu = createEngine(experiments, navigator.gpu)
    const chosen = await withGpu.open('init', small, 'automatic')
    expect(chosen.backend.kind).toBe(adapter?.info.isFallbackAdapter ? 'wasm' : 'webgpu')
  })

  it('are switched with the same parameters and step', async () => {
    const engine = createEngine(experiments, navigator.gpu)
    await engine.open('init', small, 'wasm')
    await engine.run(2)
    const before = await engine.metrics()
    expect(await engine.use('webgpu')).toMatchObject({ kind: 'webgpu' })
    const after = await engine.metrics()
    expect(after.tokensMeasured).toBe(before.tokensMeasured)
    expect(Math.abs((after.loss as number) / (before.loss as number) - 1)).toBeLessThan(1e-4)
  })

  it('are compared on the same work', async () => {
    const engine = createEngine(experiments, navigator.gpu)
    await engine.open('init', small, 'wasm')
    const progress: number[] = []
    const rows = await engine.compare(2, ({ done }) => progress.push(done))
    expect(rows.map((row) => row.kind)).toEqual(['wasm', 'webgpu'])
    for (const row of rows) {
      expect(row.error).toBeUndefined()
      expect(row.operations).toBe(2 * 8 * 32 * 1500)
      expect(row.cold).toBeGreaterThan(0)
      expect(row.spread[0]).toBeLessThanOrEqual(row.warm)
      expect(row.spread[1]).toBeGreaterThanOrEqual(row.warm)
      expect(row.largestDifference).toBeLessThan(1e-3)
      expect(row.device).toBeGreaterThan(0)
      if (row.kind === 'wasm') expect(row.latency).toBe(0)
      else expect(row.latency).toBeGreaterThan(0)
    }
    expect(progress).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('leave a comparison that is cancelled', async () => {
    const engine = createEngine(experiments, navigator.gpu)
    await engine.open('init', small, 'wasm')
    // the cancel comes as a message does: in a task of its own
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => engine.cancelCompare()
    let last = 0
    const rows = engine.compare(1000, ({ done }) => {
      last = done
      if (done === 3) port2.postMessage(null)
    })
    await expect(rows).rejects.toMatchObject({ name: 'AbortError' })
    expect(last).toBeLessThan(10)
    port1.close()
    expect((await engine.metrics()).tokensMeasured).toBe(8)
  })

  it('are replaced when the device is lost, and the run is replayed', async () => {
    let lose: (() => void) | undefined
    // the real GPU, with a hand on its devices
    const gpu = {
      ...navigator.gpu,
      getPreferredCanvasFormat: () => navigator.gpu.getPreferredCanvasFormat(),
      requestAdapter: async (options?: GPURequestAdapterOptions) => {
        const adapter = await navigator.gpu.requestAdapter(options)
        if (!adapter) return null
        return new Proxy(adapter, {
          get(target, key) {
            const value = Reflect.get(target, key, target)
            if (key !== 'requestDevice') return typeof value === 'function' ? value.bind(target) : value
            return async (descriptor?: GPUDeviceDescriptor) => {
              const device = await requestOwnDevice(target, descriptor)
              lose = () => device.destroy()
              return device
            }
          },
        })
      },
    } as unknown as GPU
    const engine = createEngine(experiments, gpu)
    const notices: string[] = []
    engine.onNotice((message) => notices.push(message))
    await engine.open('init', small, 'webgpu')
    await engine.run(2)
    const before = await engine.metrics()
    // in the middle of a run that goes on
    const run = engine.run(2)
    await new Promise((resolve) => setTimeout(resolve, 30))
    lose?.()
    await expect.poll(() => notices.length, { timeout: 20_000 }).toBe(1)
    expect(notices[0]).toContain('lost')
    await run
    expect((await engine.metrics()).tokensMeasured).toBe((before.tokensMeasured as number) + 16)
  })
})
