/** Times a hot loop in a variant: from its call to its result, and on the device alone. */
import type { Candidate, VariantChoice, WebGpuBackend } from '../../../src/compute/webgpu/index.ts'
import { createWebGpuBackend, nameOf } from '../../../src/compute/webgpu/index.ts'
import { errorOf } from '../../../src/faults.ts'
import { type LoopCase, largeCases } from './cases.ts'
import { size, timeIsOver } from './settings.ts'
import { relativeDifference, type Summary, summarize } from './statistics.ts'

/** Both variants, and the second one's larger tiles. */
const ways = ({ tiles = [] }: LoopCase): readonly Candidate[] => [
  { variant: 'register' },
  { variant: 'workgroup' },
  ...tiles.map((lanes) => ({ variant: 'workgroup' as const, lanes })),
]

export interface LoopRow {
  readonly loop: string
  readonly size: string
  readonly stated: boolean
  /** With the tile, where it is not the usual one. */
  readonly variant: string
  readonly unit: string
  /** Why there is no figure. */
  readonly error?: string
  readonly operations: number
  /** Milliseconds of the first run; it compiles what no earlier one has compiled. */
  readonly first: number
  /** Milliseconds of a unit: from the call until its result is there, and of the device's work. */
  readonly passed?: Summary
  readonly device?: Summary
  /** Of a unit by the device's median. */
  readonly gigaflopsPerSecond?: number
  /** From the first variant's result, relative to its largest entry. */
  readonly difference?: number
}

/** Runs of a row, and milliseconds after which no further one begins; never fewer than three. */
const most = {
  full: { runs: 25, milliseconds: 800 },
  small: { runs: 9, milliseconds: 500 },
  quick: { runs: 3, milliseconds: 0 },
}
/** Milliseconds of the device that one sample should last: work that is shorter is repeated within it. */
const longEnough = 2
const fewest = 3
const mostRepetitions = 100

/** Samples of one case on a backend of its own. */
async function timed(backend: WebGpuBackend, test: LoopCase) {
  const ready = await test.prepare(backend)
  const begin = performance.now()
  await ready.run()
  const first = performance.now() - begin
  const result = await ready.result()
  // warm
  const once = await backend.deviceTime(() => ready.run())
  const repetitions = Math.min(mostRepetitions, Math.max(1, Math.ceil(longEnough / Math.max(once, 1e-3))))
  const passed: number[] = []
  const device: number[] = []
  const limit = most[size]
  const since = performance.now()
  while (
    passed.length < fewest ||
    (passed.length < limit.runs && performance.now() - since < limit.milliseconds)
  ) {
    let milliseconds = 0
    const working = await backend.deviceTime(async () => {
      const start = performance.now()
      for (let time = 0; time < repetitions; time++) await ready.run()
      milliseconds = performance.now() - start
    })
    passed.push(milliseconds / repetitions / test.units)
    device.push(working / repetitions / test.units)
  }
  return {
    first,
    result,
    passed: summarize(passed),
    device: summarize(device),
    operations: ready.operations(),
  }
}

/** A row for each variant and tile. A fault is a row, too. */
export async function* timeLoop(test: LoopCase): AsyncGenerator<LoopRow> {
  const { loop, size, stated, unit, units } = test
  let reference: Float32Array | undefined
  for (const way of ways(test)) {
    if (reference && timeIsOver('all')) return
    const about = { loop, size, stated, variant: nameOf(way), unit }
    let backend: WebGpuBackend | undefined
    try {
      backend = await createWebGpuBackend(navigator.gpu, way)
      const { result, operations, device, ...times } = await timed(backend, test)
      const difference = reference && relativeDifference(reference, result)
      reference ??= result
      const gigaflopsPerSecond = operations / units / device.median / 1e6
      yield { ...about, ...times, device, operations: operations / units, gigaflopsPerSecond, difference }
    } catch (fault) {
      yield { ...about, error: errorOf(fault).message, operations: Number.NaN, first: Number.NaN }
    } finally {
      backend?.dispose()
    }
  }
}

/** What natlab itself chooses on this adapter, once something large was asked for. */
export async function choices(): Promise<Readonly<Record<string, VariantChoice>>> {
  const backend = await createWebGpuBackend(navigator.gpu)
  try {
    if (!backend.software)
      for (const test of largeCases) {
        const ready = await test.prepare(backend)
        await ready.run()
      }
    return backend.variants()
  } finally {
    backend.dispose()
  }
}
