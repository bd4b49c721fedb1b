/** Times a lab's hot loop on every backend with the same parameters, cold and warm apart, and compares the results. */
import type { BackendKind } from '../compute/backend.ts'
import { codeOf, errorOf } from '../faults.ts'
import type { ExperimentModule, HotLoopRun } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { createBackend, preloadBackend } from './backendChoice.ts'
import type { CompareProgress, CompareRow } from './protocol.ts'
import { nextTask } from './pulse.ts'

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  let largest = 0
  for (const [index, value] of one.entries()) {
    // two equal infinities do not differ
    const difference = value === other[index] ? 0 : Math.abs(value - other[index])
    // NaN on one side only must count as a difference
    if (!(difference <= largest) && !(Number.isNaN(value) && Number.isNaN(other[index]))) largest = difference
  }
  return largest
}

const failed = {
  cold: Number.NaN,
  warm: Number.NaN,
  device: Number.NaN,
  latency: Number.NaN,
  spread: [Number.NaN, Number.NaN] as const,
  repeats: 0,
  operations: Number.NaN,
  gigaflopsPerSecond: Number.NaN,
  largestDifference: Number.NaN,
  resultName: '',
}

export async function compare(
  experiment: ExperimentModule,
  values: ParameterValues,
  repeats: number,
  gpu: GPU | undefined,
  onProgress: (progress: CompareProgress) => void,
  cancelled: () => boolean,
): Promise<CompareRow[]> {
  let yielded = performance.now()
  /** Whether the comparison is cancelled. Yields to messages every 12 ms, so that a cancel can arrive. */
  const aborted = async () => {
    if (performance.now() - yielded > 12) {
      await nextTask()
      yielded = performance.now()
    }
    return cancelled()
  }
  const kinds: BackendKind[] = ['wasm', 'webgpu']
  const total = kinds.length * (repeats + 1)
  const rows: CompareRow[] = []
  let reference: HotLoopRun | undefined
  for (const [position, kind] of kinds.entries()) {
    const report = (run: number) =>
      onProgress({
        done: position * (repeats + 1) + run,
        total,
        label: run === 0 ? `${kind}: first run, from nothing` : `${kind}: run ${run} of ${repeats}`,
      })
    report(0)
    try {
      // the time of the download is not measured
      await preloadBackend(kind)
      // a new backend, so that the first run really compiles and draws its inputs
      const begin = performance.now()
      const backend = await createBackend(kind, gpu)
      try {
        const loop = await experiment.createHotLoop(backend, values)
        const timed = async () => {
          const start = performance.now()
          const run = await loop.run(aborted)
          return { run, milliseconds: performance.now() - start }
        }
        const first = await timed()
        const cold = performance.now() - begin
        reference ??= first.run
        const warm: number[] = []
        const device: number[] = []
        for (let repeat = 1; repeat <= repeats; repeat++) {
          report(repeat)
          await nextTask()
          const working = await backend.deviceTime(async () => {
            warm.push((await timed()).milliseconds)
          })
          // on the CPU both times are equal, except for the calls between
          device.push(Math.min(working, warm[warm.length - 1]))
        }
        loop.dispose()
        rows.push({
          kind,
          adapter: backend.adapter,
          software: backend.software,
          cold,
          warm: median(warm),
          device: median(device),
          latency: backend.latency,
          spread: [Math.min(...warm), Math.max(...warm)],
          repeats,
          operations: first.run.operations,
          gigaflopsPerSecond: first.run.operations / median(warm) / 1e6,
          largestDifference: largestDifference(reference.result, first.run.result),
          resultName: first.run.resultName,
        })
      } finally {
        backend.dispose()
      }
    } catch (fault) {
      if (codeOf(fault) === 'obsolete') throw fault
      rows.push({ kind, adapter: 'none', software: false, ...failed, error: errorOf(fault).message })
    }
  }
  return rows
}
