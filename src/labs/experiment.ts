/** What a lab runs in the worker: an experiment, which tells frames and metrics, and a hot loop to compare backends by. */
import type { Backend } from '../compute/backend.ts'
import type { Parameter, ParameterValues } from './parameter.ts'

export type MetricValue = number | string | readonly MetricValue[]
/** A lab's named numbers at one step. Losses and entropies in nats; Infinity and NaN are values. */
export type Metrics = Readonly<Record<string, MetricValue>>

/** What a lab's view draws: typed arrays and plain values, transferred out of the worker. */
export interface FrameContent<Data = unknown> {
  readonly metrics: Metrics
  readonly data: Data
  /** Buffers inside `data` that are handed over, not copied. */
  readonly transfer: Transferable[]
}

/**
 * A run of a lab in the worker: decided entirely by (parameters, seed, step). Knows no DOM and no clock but
 * the `budget` it is given.
 *
 * The state at a step may itself take work (a pass over a vocabulary, an evaluation): `ready` tells whether
 * that work is done. Until then frames are partial results and say how far they are (`progress`).
 */
export interface Experiment {
  /** Whole steps done since the start of the run. */
  readonly step: number
  /** Steps that are begun, where some are under way when `advance` has ended; default: `step`. */
  readonly begun?: number
  /** The state at `step` is complete. */
  readonly ready: boolean
  /** Share of the work toward the next completed state, 0…1. */
  readonly progress: number
  /**
   * Nothing more would be drawn or told at this step (a curve that is computed beside the state). `ready` comes
   * first; metrics that are asked for in a pause wait for it.
   */
  readonly complete: boolean
  /**
   * Counts what a ready run has told of: while it stays the same a frame would show nothing new, and none is made.
   * Where it is missing, whatever is done counts.
   */
  readonly news?: number
  /** Where playing ends; `advance` goes beyond it when asked. Infinity for a run that may go on for ever. */
  readonly lastStep: number
  /** Playing has come to `lastStep` and waits there for the parameter that `asks`. */
  readonly asks?: boolean
  /**
   * Works until the current state is ready and `steps` further steps are done, or until `budget`
   * milliseconds are over, whichever is first; always at least one slice of work. With `steps` = 0 it only
   * completes the current state. Where answers are late, up to two slices are under way when it ends.
   */
  advance(steps: number, budget: number): Promise<void>
  /** Applies parameters marked `live`. */
  update(values: ParameterValues): void
  frame(): Promise<FrameContent>
  metrics(): Promise<Metrics>
  /** What frames are too small to carry each time (pictures of all images), by name. Rejects where there is no such thing. */
  request?(name: string): Promise<Uint8Array>
  dispose(): void
}

/** One backend's answer to the same piece of work, for `compare`. */
export interface HotLoopRun {
  /** Floating-point operations of one run. */
  readonly operations: number
  /** What is compared between backends, element by element. */
  readonly result: Float32Array
  /** What the elements of `result` are, with their unit. */
  readonly resultName: string
}

/** A lab's hot loop, from inputs that lie ready in the backend's memory (as far as they fit) to a result on the CPU. */
export interface HotLoop {
  /** Once through. Throws an AbortError soon after `aborted()` answers true; it is asked between slices. */
  run(aborted: () => Promise<boolean>): Promise<HotLoopRun>
  dispose(): void
}

/** What a lab's `experiment.ts` exports. */
export interface ExperimentModule {
  readonly parameters: readonly Parameter[]
  /**
   * A run at step 0. `previous` is the run that this one replaces, of the same lab on the same backend: it may
   * hand over what is still right (tables, measurements); the caller disposes it afterwards.
   */
  createExperiment(backend: Backend, values: ParameterValues, previous?: Experiment): Promise<Experiment>
  /**
   * Defaults that depend on what was measured on this backend, so that they are never slower than promised. `given` are
   * those of the values that somebody named: nothing has to be measured for them.
   */
  calibratedDefaults(
    backend: Backend,
    values: ParameterValues,
    given: ParameterValues,
  ): Promise<ParameterValues>
  createHotLoop(backend: Backend, values: ParameterValues): Promise<HotLoop>
  /**
   * Takes what the user brought along (`Lab.file`), in place of what there was, for the runs to come; it also comes
   * before the first run, and again after the worker was started anew. Answers what the page has to know of it.
   * Rejects with a sentence where it cannot be used; what was there before stays then.
   */
  provide?(name: string, bytes: Uint8Array): Promise<unknown>
}
