/**
 * The share of time in which the device has work while a lab plays, by the device's own clock, where every answer comes
 * some milliseconds later than this browser gives it.
 */
import type { Backend } from '../../src/compute/backend.ts'
import { createWebGpuBackend } from '../../src/compute/webgpu/index.ts'
import { experimentModule as kl } from '../../src/labs/kl/experiment.ts'
import { defaults } from '../../src/labs/validation.ts'
import { experimentModule as vib } from '../../src/labs/vib/experiment.ts'
import type { ImageSet } from '../../src/labs/vib/images.ts'
import { typed } from '../../src/labs/vib/parameters.ts'
import { Run } from '../../src/labs/vib/run.ts'

export interface BusyShare {
  readonly name: string
  readonly adapter: string
  /** Milliseconds: median of 20 empty round trips. */
  readonly latency: number
  /** Milliseconds of the device's work, and until all of it was answered. */
  readonly device: number
  readonly elapsed: number
  readonly steps: number
}

/** Milliseconds by which answers are later. */
const later = 3
/** The engine's milliseconds of work between two looks at the messages, and from one frame to the next. */
const budget = 12
const framePeriod = 16
const warmUp = 3000
const measured = 3000

function lateAnswers(backend: Backend): Backend {
  const pause = () => new Promise((resolve) => setTimeout(resolve, later))
  return new Proxy(backend, {
    get(target, name: keyof Backend) {
      if (name === 'latency') return target.latency + later
      const value = target[name] as unknown
      if (typeof value !== 'function') return value
      return (...parameters: unknown[]) => {
        const result = value.apply(target, parameters)
        return result instanceof Promise ? result.then((answer) => pause().then(() => answer)) : result
      }
    },
  })
}

interface Playing {
  readonly step: number
  advance(milliseconds: number): Promise<void>
  frame(): unknown
}

async function playStarts(backend: Backend): Promise<Playing> {
  // so slow a descent comes to no rest
  const given = { starts: 4096, optimizer: 'gradientDescent', learningRate: 1e-4 }
  const run = await kl.createExperiment(backend, { ...defaults(kl.parameters), ...given })
  return {
    get step() {
      return run.step
    },
    advance: (milliseconds) => run.advance(run.lastStep - run.step, milliseconds),
    frame: () => run.frame(),
  }
}

/** Images of noise, of so many pixels along a side: a step costs the same. */
function images(count: number, side: number): ImageSet {
  const pixels = Uint8Array.from({ length: count * side ** 2 }, (_, i) => Math.imul(i, 2654435761) >>> 24)
  return { side, count, pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) }
}

async function playSweep(backend: Backend): Promise<Playing> {
  const values = typed({ ...defaults(vib.parameters), mode: 'sweep', preset: 'custom', hiddenWidth: 64 })
  const run = await Run.create(
    backend,
    values,
    images(values.trainSize, values.pixels),
    images(1000, values.pixels),
  )
  return {
    get step() {
      return run.step
    },
    async advance(milliseconds) {
      const end = performance.now() + milliseconds
      await run.advance(Number.POSITIVE_INFINITY, () => end - performance.now())
    },
    frame: () => run.frame(),
  }
}

async function share(name: string, play: (backend: Backend) => Promise<Playing>): Promise<BusyShare> {
  const device = await createWebGpuBackend(navigator.gpu)
  const backend = lateAnswers(device)
  const trips: number[] = []
  for (let trip = 0; trip < 20; trip++) {
    const start = performance.now()
    await backend.finished()
    trips.push(performance.now() - start)
  }
  const playing = await play(backend)
  const playFor = async (milliseconds: number) => {
    const end = performance.now() + milliseconds
    let drawn = 0
    while (performance.now() < end) {
      await playing.advance(budget)
      if (performance.now() - drawn < framePeriod) continue
      await playing.frame()
      drawn = performance.now()
    }
    await backend.finished()
  }
  await playFor(warmUp)
  const first = playing.step
  let elapsed = 0
  const worked = await device.deviceTime(async () => {
    const start = performance.now()
    await playFor(measured)
    elapsed = performance.now() - start
  })
  const steps = playing.step - first
  device.dispose()
  return {
    ...{ name, adapter: device.adapter, latency: trips.toSorted((a, b) => a - b)[10] },
    ...{ device: worked, elapsed, steps },
  }
}

export async function busyShares(): Promise<BusyShare[]> {
  return [await share('4,096 starts', playStarts), await share('a sweep of β', playSweep)]
}
