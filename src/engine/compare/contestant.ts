/** One contestant of a comparison: its first run, its warm runs and its measured peak. */
import type { Backend, BackendKind } from '../../compute/backend.ts'
import type { ExperimentModule, HotLoopRun } from '../../labs/experiment.ts'
import type { ParameterValues } from '../../labs/parameter.ts'
import { adapterFor, threadsFor } from '../computingThreads.ts'
import type { CompareRow } from '../protocol.ts'
import { counted } from './counted.ts'
import { measuredPeak } from './peak.ts'
import { largestDifference, spreadOf } from './statistics.ts'

export interface Contestant {
  readonly kind: BackendKind
  /** Undefined for as many as there are. */
  readonly threads?: number
}

/** What a comparison needs from around it. Tests have backends and a clock of their own. */
export interface Surroundings {
  /** Loads code, so that its download is not timed. */
  preload(kind: BackendKind): Promise<void>
  /** A new backend, on which nothing was compiled. */
  open(contestant: Contestant): Promise<Backend>
  /** Milliseconds. */
  now(): number
  /** Lets messages arrive. */
  pause(): Promise<void>
}

/** An open backend and what was measured on it so far. */
export interface Measuring {
  readonly backend: Backend
  readonly surroundings: Surroundings
  /** Whether the comparison is cancelled. */
  readonly aborted: () => Promise<boolean>
}

/** At most so many further runs are timed by the clock of the device. */
const deviceRuns = 5

/** Numbers of a row whose backend could not run. */
export const failed = {
  cold: Number.NaN,
  opening: Number.NaN,
  compilation: Number.NaN,
  firstRun: Number.NaN,
  warm: Number.NaN,
  samples: [],
  quartiles: [Number.NaN, Number.NaN],
  device: Number.NaN,
  deviceSamples: [],
  latency: Number.NaN,
  spread: [Number.NaN, Number.NaN],
  repeats: 0,
  uploadedBytes: Number.NaN,
  readBytes: Number.NaN,
  operations: Number.NaN,
  gigaflopsPerSecond: Number.NaN,
  shareOfPeak: Number.NaN,
  largestDifference: Number.NaN,
  tolerance: Number.NaN,
  resultName: '',
} as const satisfies Partial<CompareRow>

/**
 * Times the hot loop with these values on a backend that was opened just now, in `opening` milliseconds. `report` is
 * called before each run, with 0 for the first. `reference` is the result of an earlier contestant.
 */
export async function measureRow(
  experiment: ExperimentModule,
  values: ParameterValues,
  repeats: number,
  opening: number,
  { backend: opened, surroundings, aborted }: Measuring,
  report: (run: number) => void,
  reference: HotLoopRun | undefined,
): Promise<{ readonly row: CompareRow; readonly first: HotLoopRun }> {
  const { now, pause } = surroundings
  const { backend, moved } = counted(opened)
  report(0)
  const compiled = opened.compiling
  const begin = now()
  const loop = await experiment.createHotLoop(backend, values)
  const samples: number[] = []
  const deviceSamples: number[] = []
  let first: HotLoopRun
  try {
    first = await loop.run(aborted)
    const cold = opening + now() - begin
    const compilation = opened.compiling - compiled
    for (let repeat = 1; repeat <= repeats; repeat++) {
      report(repeat)
      await pause()
      Object.assign(moved, { uploaded: 0, read: 0 })
      const start = now()
      await loop.run(aborted)
      samples.push(now() - start)
    }
    // of the last one
    const { uploaded: uploadedBytes, read: readBytes } = moved
    // apart from the others: to read the clock of the device takes time itself
    for (let repeat = 0; repeat < Math.min(repeats, deviceRuns); repeat++)
      deviceSamples.push(await opened.deviceTime(() => loop.run(aborted)))
    report(repeats + 1)
    const peak = await measuredPeak(opened, aborted)
    const { median: warm, quartiles } = spreadOf(samples)
    // on the CPU both times are equal
    const device = Math.min(spreadOf(deviceSamples).median, warm)
    const { operations, tolerance, resultName } = first
    const row: CompareRow = {
      kind: opened.kind,
      threads: threadsFor(experiment, opened),
      adapter: adapterFor(experiment, opened),
      software: opened.software,
      ...{ cold, opening, compilation, firstRun: Math.max(0, cold - opening - compilation) },
      ...{ warm, samples, quartiles, device, deviceSamples, latency: opened.latency },
      spread: [Math.min(...samples), Math.max(...samples)],
      ...{ repeats, uploadedBytes, readBytes, operations },
      gigaflopsPerSecond: operations / warm / 1e6,
      peak,
      shareOfPeak: peak ? operations / device / 1e6 / peak.gigaflopsPerSecond : Number.NaN,
      largestDifference: largestDifference((reference ?? first).result, first.result),
      ...{ tolerance, resultName },
    }
    return { row, first }
  } finally {
    loop.dispose()
  }
}
