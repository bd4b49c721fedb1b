/** What the page and the worker say to each other. Everything here survives structured cloning. */
import type { BackendKind } from '../compute/backend.ts'
import type { Metrics } from '../labs/experiment.ts'
import type { ParameterValues } from '../labs/parameter.ts'

export interface BackendInfo {
  readonly kind: BackendKind
  readonly adapter: string
  readonly software: boolean
  /** Why this backend: "chosen by you", "hardware GPU found", "no WebGPU adapter: …". A sentence. */
  readonly reason: string
  /** WebGPU was looked for and cannot be had, for this reason. */
  readonly webgpuMissing?: boolean
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
  /** `Experiment.asks` */
  readonly asks: boolean
  readonly values: ParameterValues
  readonly metrics: Metrics
  readonly data: unknown
}

export interface OpenResult {
  readonly values: ParameterValues
  readonly backend: BackendInfo
}

/** Warm runs of a comparison, unless it is told how many. */
export const defaultRepeats = 10

export interface CompareRow {
  readonly kind: BackendKind
  readonly adapter: string
  readonly software: boolean
  /** Milliseconds from nothing to the first result: opening the backend, drawing the inputs, compiling, one run. */
  readonly cold: number
  /** Milliseconds until the result is on the CPU, median over `repeats` runs after the first. */
  readonly warm: number
  /** Milliseconds of a run in which the device works, median over the same runs; on the CPU the whole run. */
  readonly device: number
  /** Milliseconds that an answer of the device takes over and above the work; 0 on the CPU. */
  readonly latency: number
  /** Milliseconds, fastest and slowest warm run. */
  readonly spread: readonly [number, number]
  readonly repeats: number
  /** Floating-point operations of one run. */
  readonly operations: number
  /** 1e9 floating-point operations a second, at the warm median. */
  readonly gigaflopsPerSecond: number
  /** Largest absolute difference from the first row's result, and what was compared. 0 for the first row. */
  readonly largestDifference: number
  readonly resultName: string
  /** Set where this backend could not run; the figures are NaN then. */
  readonly error?: string
}

export interface CompareProgress {
  readonly done: number
  readonly total: number
  readonly label: string
}

export type BackendChoice = BackendKind | 'automatic'

/** What the page asks of the engine; the worker's side has it too, called through Comlink, answered in order. */
export interface EngineApi {
  /** Opens a lab at step 0, paused. `values` are validated already; missing ones take calibrated defaults. */
  open(lab: string, values: ParameterValues, backend: BackendChoice): Promise<OpenResult>
  /** Values validated already. Live ones are applied, others restart the run at step 0. Keeps playing if it was. */
  set(values: ParameterValues): Promise<void>
  play(): void
  /** Also ends what `run` has begun, which rejects. */
  pause(): void
  /** At most so many steps a second while playing; Infinity for as fast as possible. */
  setSpeed(stepsPerSecond: number): void
  /** Exactly so many further steps, then paused; resolves when the state is ready. Rejects with an AbortError when made obsolete. */
  run(steps: number): Promise<void>
  /** Back to step 0 with the same values; keeps playing if it was. */
  reset(): Promise<void>
  /** Completes the current state first. */
  metrics(): Promise<Metrics>
  /** What the run's `request` answers. */
  request(name: string): Promise<Uint8Array>
  /** Hands a lab what its `ExperimentModule.provide` takes, and answers what that answers; the lab need not be open. */
  provide(lab: string, name: string, bytes: Uint8Array): Promise<unknown>
  use(kind: BackendChoice): Promise<BackendInfo>
  /** Pauses the run meanwhile. Rejects with an AbortError after `cancelCompare`. */
  compare(repeats: number, onProgress: (progress: CompareProgress) => void): Promise<readonly CompareRow[]>
  cancelCompare(): void
  /** Messages worth showing: a lost device, a fallback. */
  onNotice(listener: (message: string, backend: BackendInfo) => void): void
}
