/** The engine in the page's own thread: runs, changes, frames, failures, the choice of a backend. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'
import type { BackendInfo } from '../../src/engine/protocol.ts'
import { coded } from '../../src/faults.ts'
import { longestWait } from '../../src/inTime.ts'
import type { Experiment, ExperimentModule } from '../../src/labs/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { requestOwnDevice, withOther } from '../browser/gpu.ts'

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

/** The real GPU. The test can lose the device opened last, and can let the compiler refuse a kernel. */
function gpuInHand(refused?: string) {
  let device: GPUDevice | undefined
  const gpu = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      const adapter = (await navigator.gpu.requestAdapter(options))!
      const { features, limits, info } = adapter
      const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
        if (!refused) {
          device = await requestOwnDevice(adapter, descriptor)
          return device
        }
        const shared = await adapter.requestDevice(descriptor)
        const createShaderModule: GPUDevice['createShaderModule'] = ({ label, code }) =>
          shared.createShaderModule({
            label,
            code: label === refused ? `${code}\nthis is no kernel` : code,
          })
        device = withOther(shared, { createShaderModule })
        return device
      }
      return { features, limits, info, requestDevice }
    },
  } as unknown as GPU
  return { gpu, lose: () => device?.destroy() }
}

/** Number of `advance` calls in this file. */
let turns = 0

function withoutTime({ milliseconds: _, ...metrics }: Readonly<Record<string, unknown>>) {
  return metrics
}

/** An experiment that counts its steps, fails at step `failAt`, and ends playing at `lastStep`. */
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
    // the value before the opening differs from the opening's value
    const during = engine.set({ still: 1 })
    await Promise.all([late, opened, during])
    await engine.metrics()
    const { frame } = await engine.nextFrame()
    expect(frame.values).toEqual({ live: 1, still: 1 })
    // the run restarted with the value
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
    // a change right after a run makes it obsolete
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

describe('an opening that fails', () => {
  /** A lab whose run cannot be created, on any backend. */
  const broken: ExperimentModule = {
    ...counting(),
    createExperiment: () => Promise.reject(new Error('it has no text')),
  }

  it.each(['wasm', 'webgpu'] as const)(
    'leaves lab, values, backend and step as they were: %s',
    async (choice) => {
      const engine = createEngine(
        { counting: async () => counting(), broken: async () => broken },
        navigator.gpu,
      )
      await engine.open('counting', { live: 4 }, 'wasm')
      await engine.run(3)
      await expect(engine.open('broken', { live: 5 }, choice)).rejects.toThrow('it has no text')
      expect(await engine.metrics()).toEqual({ step: 3, live: 4 })
      const { frame } = await engine.nextFrame()
      expect(frame).toMatchObject({ lab: 'counting', step: 3, values: { live: 4 } })
      await engine.run(2)
      expect(await engine.metrics()).toEqual({ step: 5, live: 4 })
      expect((await engine.use('wasm')).kind).toBe('wasm')
    },
  )

  it('goes on playing what played', async () => {
    const engine = createEngine({ counting: async () => counting(), broken: async () => broken })
    await engine.open('counting', {}, 'wasm')
    engine.play()
    await expect(engine.open('broken', {}, 'wasm')).rejects.toThrow()
    const { step } = await engine.metrics()
    await expect.poll(async () => (await engine.metrics()).step).toBeGreaterThan((step as number) + 5)
    engine.pause()
  })

  it('leaves the backend where another cannot run the lab', async () => {
    const { createExperiment, ...rest } = counting()
    const large: ExperimentModule = {
      ...rest,
      createExperiment(backend, values) {
        if (backend.kind === 'webgpu') throw coded('tooLarge', new RangeError('it is too small for this'))
        return createExperiment(backend, values)
      },
    }
    const engine = createEngine({ large: async () => large }, navigator.gpu)
    await engine.open('large', { live: 4 }, 'wasm')
    await engine.run(3)
    await expect(engine.use('webgpu')).rejects.toThrow('too small')
    await engine.run(1)
    expect(await engine.metrics()).toEqual({ step: 4, live: 4 })
  })

  it('says of no thread that it has ended where more of them cannot run the lab', async () => {
    const { createExperiment, ...rest } = counting()
    const alone: ExperimentModule = {
      ...rest,
      createExperiment(backend, values) {
        if (backend.threads > 1) throw new RangeError('it takes one thread')
        return createExperiment(backend, values)
      },
    }
    const engine = createEngine({ alone: async () => alone })
    const notices: string[] = []
    engine.onNotice((message) => notices.push(message))
    await engine.open('alone', {}, 'wasm', 0, 1)
    await expect(engine.use('wasm', 2)).rejects.toThrow('one thread')
    await engine.run(1)
    expect(notices).toEqual([])
  })
})

describe('an opening that waits for what does not come', () => {
  const hung = () => new Promise<ExperimentModule>(() => {})

  it('leaves the open lab alone, and is overtaken by a newer one', async () => {
    const engine = createEngine({ counting: async () => counting(), hung })
    await engine.open('counting', { live: 4 }, 'wasm')
    const waiting = engine.open('hung', { live: 5 }, 'wasm')
    expect((await engine.nextFrame()).frame.lab).toBe('counting')
    const set = engine.set({ live: 6 })
    await engine.open('counting', { live: 7 }, 'wasm')
    await expect(waiting).rejects.toMatchObject({ code: 'obsolete' })
    await expect(set).rejects.toMatchObject({ code: 'obsolete' })
    expect(await engine.metrics()).toEqual({ step: 0, live: 7 })
  })

  it('is told of after a while, until it comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let come: (module: ExperimentModule) => void = () => {}
      const late = () => new Promise<ExperimentModule>((resolve) => (come = resolve))
      const engine = createEngine({ late })
      const told: (string | undefined)[] = []
      engine.onWaiting((what) => told.push(what))
      const opening = engine.open('late', {}, 'wasm')
      expect(told).toEqual([])
      vi.advanceTimersByTime(7000)
      expect(told).toEqual(['the lab "late"'])
      vi.useRealTimers()
      come(counting())
      await opening
      expect(told).toEqual(['the lab "late"', undefined])
    } finally {
      vi.useRealTimers()
    }
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
    const rows = await engine.compare({ repeats: 2 }, ({ done }) => progress.push(done))
    // a second row for all threads, where there are more than one
    expect(rows.map((row) => row.kind)).toEqual([...rows.slice(1).map(() => 'wasm'), 'webgpu'])
    expect(rows.map((row) => row.threads)).toEqual([
      1,
      ...(navigator.hardwareConcurrency > 1 ? [expect.any(Number)] : []),
      1,
    ])
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
    expect(progress).toEqual(progress.toSorted((one, other) => one - other))
    expect(progress.slice(0, 4)).toEqual([0, 1, 2, 3])
  })

  it('leave a comparison that is cancelled', async () => {
    const engine = createEngine(experiments, navigator.gpu)
    await engine.open('init', small, 'wasm')
    // a cancel arrives in its own task, like a message
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => engine.cancelCompare()
    let last = 0
    const rows = engine.compare({ repeats: 1000 }, ({ done }) => {
      last = done
      if (done === 3) port2.postMessage(null)
    })
    await expect(rows).rejects.toMatchObject({ name: 'AbortError' })
    expect(last).toBeLessThan(10)
    port1.close()
    expect((await engine.metrics()).tokensMeasured).toBe(8)
  })

  it('leave the run as it was after a comparison that is cancelled in the middle of a curve: it plays on', async () => {
    const engine = createEngine(experiments, navigator.gpu)
    const { values } = await engine.open('init', small, 'wasm')
    await engine.run(2)
    engine.setSpeed(5)
    engine.play()
    const shown = async () => (await engine.nextFrame()).frame
    const { step } = await shown()
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => engine.cancelCompare()
    const sizes = [32, 64, 128].map((dModel) => ({ size: dModel, values: { ...values, dModel } }))
    const rows = engine.compare({ repeats: 100, sizes }, ({ doing }) => {
      if (doing === 'size 64') port2.postMessage(null)
    })
    await expect(rows).rejects.toMatchObject({ name: 'AbortError' })
    port1.close()
    const after = await shown()
    expect(after).toMatchObject({ lab: 'init', playing: true, values })
    // steps that were not done meanwhile are not caught up with
    expect(after.step).toBeGreaterThanOrEqual(step)
    expect(after.step).toBeLessThanOrEqual(step + 2)
    await expect.poll(async () => (await shown()).step).toBeGreaterThan(after.step)
    engine.pause()
    // every step measured one batch, and so did step 0
    const { tokensMeasured } = await engine.metrics()
    const batches = Number(tokensMeasured) / small.tokens
    await engine.run(1)
    expect((await engine.metrics()).tokensMeasured).toBe((batches + 1) * small.tokens)
  })

  it('leave the run as it was where no backend can do the work', async () => {
    const engine = createEngine({ counting: async () => counting() })
    await engine.open('counting', {}, 'wasm')
    await engine.run(3)
    const rows = await engine.compare({ repeats: 2 }, () => {})
    expect(rows.map(({ kind, error }) => [kind, typeof error])).toEqual([
      ['wasm', 'string'],
      ['webgpu', 'string'],
    ])
    await engine.run(1)
    expect((await engine.nextFrame()).frame).toMatchObject({ step: 4, playing: false })
  })

  it('are replaced when the device is lost, and the run is replayed', async () => {
    const { gpu, lose } = gpuInHand()
    const engine = createEngine(experiments, gpu)
    const notices: string[] = []
    engine.onNotice((message) => notices.push(message))
    await engine.open('init', small, 'webgpu')
    await engine.run(2)
    const before = await engine.metrics()
    // in the middle of a run that plays
    const run = engine.run(2)
    await new Promise((resolve) => setTimeout(resolve, 30))
    lose()
    await expect.poll(() => notices.length, { timeout: 20_000 }).toBe(1)
    expect(notices[0]).toContain('lost')
    await run
    expect((await engine.metrics()).tokensMeasured).toBe((before.tokensMeasured as number) + 16)
  })

  it('are replaced whatever the work on a lost device says, once by another GPU and then by WebAssembly', async () => {
    const { gpu, lose } = gpuInHand()
    const { createExperiment, ...rest } = counting()
    const losing: ExperimentModule = {
      ...rest,
      async createExperiment(backend, values) {
        const experiment = await createExperiment(backend, values)
        const { advance } = experiment
        return Object.assign(experiment, {
          async advance(...given: Parameters<typeof advance>) {
            if (backend.kind === 'webgpu' && experiment.step === 2) {
              lose()
              throw new DOMException('Buffer was unmapped', 'AbortError')
            }
            await advance(...given)
          },
        })
      },
    }
    const engine = createEngine({ losing: async () => losing }, gpu)
    const notices: [string, BackendInfo][] = []
    engine.onNotice((...notice) => notices.push(notice))
    await engine.open('losing', {}, 'webgpu')
    await engine.run(3)
    expect(await engine.metrics()).toEqual({ step: 3, live: 1 })
    expect(notices.map(([, { kind }]) => kind)).toEqual(['webgpu', 'wasm'])
    for (const [message] of notices) expect(message).toMatch(/was lost: .* the run is replayed\.$/)
  })
})

describe('an adapter that never answers', () => {
  afterEach(() => vi.useRealTimers())

  it('leaves an automatic choice to WebAssembly after a while, which says why, and loses nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const requestAdapter = vi.fn(() => new Promise<never>(() => {}))
    const engine = createEngine({ counting: async () => counting() }, { requestAdapter } as unknown as GPU)
    const opening = engine.open('counting', { live: 4 }, 'automatic')
    await vi.waitFor(() => expect(requestAdapter).toHaveBeenCalled())
    vi.advanceTimersByTime(1000 * longestWait)
    vi.useRealTimers()
    const { backend, values } = await opening
    expect(backend).toMatchObject({ kind: 'wasm', webgpuMissing: true })
    expect(backend.reason).toMatch(/gave no adapter within 10 seconds/)
    expect(values).toMatchObject({ live: 4 })
    await engine.run(2)
    // an explicit choice is refused, and the run goes on
    await expect(engine.use('webgpu')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await engine.metrics()).toEqual({ step: 2, live: 4 })
  })
})

describe('a kernel that does not compile', () => {
  const refusal = 'The kernel gelu.main does not compile on acme: unexpected token'

  /** Counts its steps; on WebGPU a kernel is refused in one of its functions. */
  function meeting(where: 'calibration' | 'creation' | 'step' | 'frame' | 'metrics', made: Backend[] = []) {
    const { createExperiment, ...rest } = counting()
    const meet = (backend: Backend, here: string) => {
      if (here === where && backend.kind === 'webgpu') throw coded('kernel', new Error(refusal))
    }
    const module: ExperimentModule = {
      ...rest,
      async createExperiment(backend, values) {
        made.push(backend)
        meet(backend, 'creation')
        const experiment = await createExperiment(backend, values)
        const { advance, frame, metrics } = experiment
        return Object.assign(experiment, {
          async advance(...given: Parameters<typeof advance>) {
            if (experiment.step === 3) meet(backend, 'step')
            await advance(...given)
          },
          async frame() {
            meet(backend, 'frame')
            return frame()
          },
          async metrics() {
            meet(backend, 'metrics')
            return metrics()
          },
        })
      },
      async calibratedDefaults(backend) {
        meet(backend, 'calibration')
        return { still: backend.kind === 'wasm' ? 2 : 3 }
      },
    }
    const engine = createEngine({ meeting: async () => module }, navigator.gpu)
    const notices: [string, BackendInfo][] = []
    engine.onNotice((...notice) => notices.push(notice))
    return { engine, notices }
  }

  it.each(['calibration', 'creation', 'step', 'frame', 'metrics'] as const)(
    'is left for WebAssembly when it is met in the %s, and the page is told which and why',
    async (where) => {
      const { engine, notices } = meeting(where)
      await engine.open('meeting', { live: 5 }, 'webgpu')
      await engine.run(6)
      expect((await engine.nextFrame()).frame).toMatchObject({ values: { live: 5 } })
      expect(await engine.metrics()).toEqual({ step: 6, live: 5 })
      expect(notices).toHaveLength(1)
      const [[message, backend]] = notices
      expect(message).toMatch(
        /^The kernel gelu\.main does not compile on acme: unexpected token\. .*WebAssembly/,
      )
      expect(backend).toMatchObject({ kind: 'wasm', reason: refusal })
    },
  )

  it('of a real lab is named with file, line and first error, and the run is as on WebAssembly', async () => {
    const { gpu } = gpuInHand('layerNorm')
    const engine = createEngine(experiments, gpu)
    const notices: string[] = []
    engine.onNotice((notice) => notices.push(notice))
    await engine.open('init', small, 'webgpu')
    await engine.run(3)
    const metrics = withoutTime(await engine.metrics())
    expect(notices).toEqual([
      expect.stringMatching(
        /^The kernel layerNorm\.main does not compile on [^:]+: layerNorm\.wgsl, line \d+: unexpected token\. .*WebAssembly/,
      ),
    ])
    const plain = createEngine()
    await plain.open('init', small, 'wasm')
    await plain.run(3)
    expect(metrics).toEqual(withoutTime(await plain.metrics()))
  })

  it('is not met again until WebGPU is chosen anew, by hand', async () => {
    const made: Backend[] = []
    const { engine, notices } = meeting('step', made)
    await engine.open('meeting', {}, 'webgpu')
    await engine.run(4)
    await engine.reset()
    await engine.run(4)
    // the next opening leaves the choice to the engine
    await engine.open('meeting', {}, 'automatic')
    await engine.run(4)
    expect(notices).toHaveLength(1)
    expect(made.map(({ kind }) => kind)).toEqual(['webgpu', 'wasm', 'wasm', 'wasm'])
    expect(await engine.use('webgpu')).toMatchObject({ kind: 'webgpu', reason: 'chosen by you' })
    expect(await engine.metrics()).toMatchObject({ step: 4 })
    expect(notices).toHaveLength(2)
    expect(made.map(({ kind }) => kind).slice(4)).toEqual(['webgpu', 'wasm'])
  })

  it('fails the run where it is met elsewhere', async () => {
    const { createExperiment, ...rest } = counting()
    const failing: ExperimentModule = {
      ...rest,
      createExperiment: async (...given) =>
        Object.assign(await createExperiment(...given), {
          advance: () => Promise.reject(coded('kernel', new Error(refusal))),
        }),
    }
    const engine = createEngine({ failing: async () => failing })
    await engine.open('failing', {}, 'wasm')
    await expect(engine.run(1)).rejects.toMatchObject({ code: 'kernel' })
  })
})
