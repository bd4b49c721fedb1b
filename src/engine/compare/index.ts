/** Times a lab's hot loop on every backend with the same parameters, cold and warm apart, and compares the results. */
import { count } from '../../count.ts'
import { codeOf, errorOf } from '../../faults.ts'
import type { ExperimentModule, HotLoopRun } from '../../labs/experiment.ts'
import type { ParameterValues } from '../../labs/parameter.ts'
import { createBackend, preloadBackend } from '../backendChoice.ts'
import { threadsFor } from '../computingThreads.ts'
import type { CompareProgress, CompareRequest, CompareRow } from '../protocol.ts'
import { nextTask } from '../pulse.ts'
import { type Contestant, failed, type Measuring, measureRow, type Surroundings } from './contestant.ts'
import { measureCurve } from './curve.ts'

/** WebAssembly on one thread and on all, and WebGPU. The first one that runs gives the result that others are held to. */
const contestants: readonly Contestant[] = [
  { kind: 'wasm', threads: 1 },
  { kind: 'wasm' },
  { kind: 'webgpu' },
]

/** The real backends on the real clock. */
export const around = (gpu: GPU | undefined): Surroundings => ({
  preload: preloadBackend,
  open: ({ kind, threads }) => createBackend(kind, gpu, { threads }),
  now: () => performance.now(),
  pause: nextTask,
})

/** Runs that are timed one after the other do not block a cancel for longer than this, in milliseconds. */
const longestSilence = 12

export async function compare(
  experiment: ExperimentModule,
  values: ParameterValues,
  { repeats, sizes = [] }: CompareRequest,
  surroundings: Surroundings,
  onProgress: (progress: CompareProgress) => void,
  cancelled: () => boolean,
): Promise<CompareRow[]> {
  const { now, pause } = surroundings
  let yielded = now()
  /** Whether the comparison is cancelled. Yields to messages from time to time, so that a cancel can arrive. */
  const aborted = async () => {
    if (now() - yielded > longestSilence) {
      await pause()
      yielded = now()
    }
    return cancelled()
  }
  // the first run, the warm ones, the peak, and the sizes
  const each = repeats + 2 + sizes.length
  const rows: CompareRow[] = []
  let reference: HotLoopRun | undefined
  for (const [position, contestant] of contestants.entries()) {
    // what one thread cannot do, all cannot do either
    if (contestant.kind === 'wasm' && rows.some(({ kind, error }) => kind === 'wasm' && error)) continue
    const report = (done: number, doing: string) =>
      onProgress({ done: position * each + done, total: contestants.length * each, ...contestant, doing })
    const reportRun = (run: number) => {
      if (run === 0) report(run, 'first run, from nothing')
      else report(run, run > repeats ? 'best matrix product' : `run ${run} of ${repeats}`)
    }
    const reportSize = (size: number) =>
      report(repeats + 2 + sizes.findIndex((one) => one.size === size), `size ${count(size)}`)
    try {
      await surroundings.preload(contestant.kind)
      const begin = now()
      // a new backend, so that the first run really compiles and draws its inputs
      const backend = await surroundings.open(contestant)
      try {
        // where all threads are one thread, that was measured already
        if (
          contestant.kind === 'wasm' &&
          contestant.threads === undefined &&
          threadsFor(experiment, backend) === 1
        )
          continue
        const measuring: Measuring = { backend, surroundings, aborted }
        const opening = now() - begin
        const { row, first } = await measureRow(
          experiment,
          values,
          repeats,
          opening,
          measuring,
          reportRun,
          reference,
        )
        reference ??= first
        const curve =
          sizes.length > 0 ? await measureCurve(experiment, sizes, repeats, measuring, reportSize) : undefined
        rows.push(curve ? { ...row, curve } : row)
      } finally {
        backend.dispose()
      }
    } catch (fault) {
      if (codeOf(fault) === 'obsolete') throw fault
      const { kind, threads = 1 } = contestant
      const error = errorOf(fault).message
      rows.push({ kind, threads, adapter: 'none', software: false, ...failed, error })
    }
  }
  return rows
}
