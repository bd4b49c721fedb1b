/** The messages between the page and the worker. Everything here survives structured cloning. */
import type { BackendKind } from '../compute/backend.ts'
import type { Metrics } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import type { Needs } from '../labs/story.ts'
import type {
  BackendRaceOptions,
  BackendRaceOrder,
  BackendRaceRow,
  BackendRaceState,
} from './raceProtocol.ts'

export interface BackendInfo {
  readonly kind: BackendKind
  readonly adapter: string
  readonly software: boolean
  /** As in `Backend`. */
  readonly threads: number
  readonly fewerThreads?: string
  /** Why this backend is used, as a sentence: "chosen by you", "hardware GPU found", "no WebGPU adapter: …". */
  readonly reason: string
  /** WebGPU was looked for and is not available, for this reason. */
  readonly webgpuMissing?: boolean
}

/** How far the run is on its way to the step that the story is about. */
export interface Preparing {
  /** 0…1 */
  readonly share: number
  /** Estimated from the steps since playing began; null in a pause, and until a second has been measured. */
  readonly seconds: number | null
}

/** What a later step needs of a run. */
export interface Later {
  readonly lab: string
  readonly values: ParameterValues
  readonly needs: Needs
}

/** What the story needs of runs. */
export interface Plan {
  /** All values, of the page. */
  readonly values: ParameterValues
  /** How far the present step needs the run. */
  readonly needs?: Needs
  /** The step was entered just now: the run begins where the step needs it, if it was trained that far already. */
  readonly enters: boolean
  /** What later steps need, the next one first: in the open lab with all values, in another one with those that open it. */
  readonly later: readonly Later[]
}

export interface EngineFrame {
  readonly lab: string
  /** Counts runs: a change of a parameter that is not live, a reset or another backend starts a new one. */
  readonly run: number
  readonly step: number
  readonly ready: boolean
  readonly progress: number
  readonly playing: boolean
  readonly finished: boolean
  /** `Experiment.lastStep` */
  readonly lastStep: number
  /** `Experiment.asks` */
  readonly asks: boolean
  /** Undefined where the present step of the story needs no more of the run. */
  readonly preparing?: Preparing
  readonly values: ParameterValues
  readonly metrics: Metrics
  readonly data: unknown
}

export interface OpenResult {
  readonly values: ParameterValues
  readonly backend: BackendInfo
}

/** Default number of warm runs in a comparison. */
export const defaultRepeats = 10

/** A comparison that is asked for. */
export interface CompareRequest {
  /** Warm runs of each contestant. */
  readonly repeats: number
  /** Sizes to measure besides the present one, in ascending order, each with all values of the lab. */
  readonly sizes?: readonly { readonly size: number; readonly values: ParameterValues }[]
}

/** The times of one size. */
export interface ComparePoint {
  readonly size: number
  /** Milliseconds of each warm run until the result is on the CPU. */
  readonly samples: readonly number[]
  readonly median: number
  readonly quartiles: readonly [number, number]
  readonly operations: number
}

export interface CompareCurve {
  readonly points: readonly ComparePoint[]
  /** The sizes without a point, each with the reason as a sentence. */
  readonly omitted: readonly { readonly size: number; readonly reason: string }[]
}

/** The best product of float32 matrices of a backend. */
export interface ComparePeak {
  readonly gigaflopsPerSecond: number
  /** Rows, inner and columns of the product. */
  readonly shape: readonly number[]
}

export interface CompareRow {
  readonly kind: BackendKind
  /** Threads that compute together; 1 for WebGPU. */
  readonly threads: number
  readonly adapter: string
  readonly software: boolean
  /** Milliseconds of the first result, with everything: the sum of `opening`, `compilation` and `firstRun`. */
  readonly cold: number
  /** Milliseconds until the backend is there. WebAssembly compiles its kernels in this time. */
  readonly opening: number
  /** Milliseconds in which kernels of the first run were compiled. */
  readonly compilation: number
  /** Milliseconds of the first run without compilation: inputs are drawn, code and caches are cold. */
  readonly firstRun: number
  /** Milliseconds until the result is on the CPU, median over `repeats` runs after the first. */
  readonly warm: number
  /** Milliseconds of each warm run, in their order. */
  readonly samples: readonly number[]
  readonly quartiles: readonly [number, number]
  /** Milliseconds of a run in which the device works, median over up to five further runs; on the CPU the whole run. */
  readonly device: number
  /** Milliseconds of each of these runs. */
  readonly deviceSamples: readonly number[]
  /** Milliseconds of a device's answer without the work; 0 on the CPU. */
  readonly latency: number
  /** Milliseconds of the fastest and the slowest warm run. */
  readonly spread: readonly [number, number]
  readonly repeats: number
  /** Bytes of the tensors that a warm run uploads, and of the results that it reads. */
  readonly uploadedBytes: number
  readonly readBytes: number
  /** Floating-point operations of one run. */
  readonly operations: number
  /** 1e9 floating-point operations a second, at the warm median. */
  readonly gigaflopsPerSecond: number
  /** Undefined where no product could be measured. */
  readonly peak?: ComparePeak
  /** The rate while the device works, as a share of the measured peak. */
  readonly shareOfPeak: number
  /** Largest absolute difference from the first row's result (`resultName`). 0 for the first row. */
  readonly largestDifference: number
  /** The largest difference that rounding explains. */
  readonly tolerance: number
  readonly resultName: string
  /** The times of the sizes that were asked for. */
  readonly curve?: CompareCurve
  /** Why this backend could not run; the numbers are NaN then. Undefined if it could. */
  readonly error?: string
}

export interface CompareProgress {
  readonly done: number
  readonly total: number
  /** The contestant; `threads` is undefined for as many as there are. */
  readonly kind: BackendKind
  readonly threads?: number
  /** What is done, as words: "run 3 of 10". */
  readonly doing: string
}

export type BackendChoice = BackendKind | 'automatic'

/** What the engine waits for while a backend is chosen (`onWaiting`). */
export const awaitedBackend = 'the backend'

/** Functions of the engine that the page calls. The worker has them too, called through Comlink, answered in order. */
export interface EngineApi {
  /**
   * Opens a lab at step 0, paused. `values` are validated already; missing ones get calibrated defaults. A newer opening
   * overtakes this one, which then rejects. Where it fails, the lab that was open goes on. The run reaches the step
   * `replayTo` again before anything else. `threads` as in `use`.
   */
  open(
    lab: string,
    values: ParameterValues,
    backend: BackendChoice,
    replayTo?: number,
    threads?: number,
  ): Promise<OpenResult>
  /** Sets validated values. Live ones are applied; others restart the run at step 0, still playing if it was. */
  set(values: ParameterValues): Promise<void>
  /** Trains for later steps of the story while the run has nothing to do. A newer plan replaces this one. */
  prepare(plan: Plan): Promise<void>
  /** The user does something: nothing is trained for later steps until that has ended. */
  disturbed(): void
  play(): void
  /** Pauses. A `run` that is not finished rejects. */
  pause(): void
  /** Sets the greatest number of steps a second while playing; Infinity for as fast as possible. */
  setSpeed(stepsPerSecond: number): void
  /** Does exactly so many steps, then pauses. Resolves when the state is ready, rejects when made obsolete. */
  run(steps: number): Promise<void>
  /** Restarts at step 0 with the same values, still playing if it was. */
  reset(): Promise<void>
  /** Completes the current state first. */
  metrics(): Promise<Metrics>
  /** The answer of the run's `request`. */
  request(name: string): Promise<Uint8Array>
  /** Hands data to the lab's `ExperimentModule.provide`, and returns its answer. The lab need not be open. */
  provide(lab: string, name: string, bytes: Uint8Array): Promise<unknown>
  /** `threads` for WebAssembly, from now on; 0: as many as are best. Without it they stay as they are. */
  use(kind: BackendChoice, threads?: number): Promise<BackendInfo>
  /** Compares the backends; the run pauses meanwhile. Rejects with an AbortError after `cancelCompare`. */
  compare(
    request: CompareRequest,
    onProgress: (progress: CompareProgress) => void,
  ): Promise<readonly CompareRow[]>
  cancelCompare(): void
  /**
   * Lets the backends race over the same steps of the open lab; the run pauses meanwhile. `tell` is called with every new
   * state. Rejects with an AbortError where the race is ended, by an order or by another call that changes the run.
   */
  raceBackends(
    options: BackendRaceOptions,
    tell: (state: BackendRaceState) => void,
  ): Promise<readonly BackendRaceRow[]>
  /** `seconds` counts until the finish line is drawn. */
  steerRace(order: BackendRaceOrder, seconds?: number): void
  /** Calls `listener` with messages for the user: a lost device, another backend. */
  onNotice(listener: (message: string, backend: BackendInfo) => void): void
  /** Calls `listener` with what is waited for, once that takes long, and with undefined when nothing is. */
  onWaiting(listener: (what: string | undefined) => void): void
}
