/** The parts of a lab in the worker: an experiment with frames and metrics, and a hot loop to compare backends. */
import type { Backend } from '../compute/backend.ts'
import type { Parameter, ParameterValues } from './parameter.ts'

export type MetricValue = number | string | readonly MetricValue[]
/** A lab's named numbers at one step. Losses and entropies in nats; Infinity and NaN are values. */
export type Metrics = Readonly<Record<string, MetricValue>>

/** The data for a lab's view: typed arrays and plain values, transferred out of the worker. */
export interface FrameContent<Data = unknown> {
  readonly metrics: Metrics
  readonly data: Data
  /** Buffers inside `data` that are handed over, not copied. */
  readonly transfer: Transferable[]
}

/**
 * A run of a lab in the worker, decided entirely by (parameters, seed, step). It knows no DOM, and no clock except
 * its `budget`.
 *
 * The state at a step may itself need work (a pass over a vocabulary, an evaluation): `ready` tells whether this
 * work is done. Until then frames are partial results, and `progress` gives the share that is done.
 */
export interface Experiment {
  /** Whole steps done since the start of the run. */
  readonly step: number
  /** Number of begun steps, if some are still under way when `advance` has ended; default: `step`. */
  readonly begun?: number
  /** Share of the next step that is sent, 0…1, where it takes long; default: 0. */
  readonly partOfStep?: number
  /** The state at `step` is complete. */
  readonly ready: boolean
  /** Share of the work toward the next completed state, 0…1. */
  readonly progress: number
  /**
   * No more results come at this step (such as a curve that is computed beside the state). `ready` comes first;
   * metrics that are asked for in a pause wait for `ready`.
   */
  readonly complete: boolean
  /**
   * Counts the new results of a ready run. While it stays the same, a frame would show nothing new, and no frame is
   * made. Without `news`, all work that is done counts as new.
   */
  readonly news?: number
  /** The step at which playing ends; `advance` can go beyond it. Infinity for a run without an end. */
  readonly lastStep: number
  /** Playing waits at `lastStep` for the answer to a question: the value of the parameter with `asks`. */
  readonly asks?: boolean
  /**
   * Works until the current state is ready and `steps` further steps are done, or until `budget`
   * milliseconds are over, whichever is first; always at least one slice of work. With `steps` = 0 it only
   * completes the current state. If answers are late, up to two slices are under way when it ends.
   */
  advance(steps: number, budget: number): Promise<void>
  /** Applies parameters marked `live`. */
  update(values: ParameterValues): void
  frame(): Promise<FrameContent>
  metrics(): Promise<Metrics>
  /** Data that are too large for every frame (pictures of all images), by name. Rejects if there are none. */
  request?(name: string): Promise<Uint8Array>
  /**
   * All that the run needs to go on from here bit for bit, as data that structured cloning copies; nothing that may
   * change later. A step under way is done first, if there is no going on from its middle.
   */
  save?(): Promise<unknown>
  dispose(): void
}

/** One backend's answer to the same piece of work, for `compare`. */
export interface HotLoopRun {
  /** Floating-point operations of one run. */
  readonly operations: number
  /** The numbers that are compared between backends, element by element. */
  readonly result: Float32Array
  /** Name of the elements of `result`, with their unit. */
  readonly resultName: string
  /** The largest difference of an element that rounding in float32 explains. */
  readonly tolerance: number
}

/** A lab's hot loop, from inputs in the backend's memory (as far as they fit) to a result on the CPU. */
export interface HotLoop {
  /** Runs the loop once. Throws an AbortError soon after `aborted()` answers true; it is called between slices. */
  run(aborted: () => Promise<boolean>): Promise<HotLoopRun>
  dispose(): void
}

/** The exports of a lab's `experiment.ts`. */
export interface ExperimentModule {
  readonly parameters: readonly Parameter[]
  /** The run and the hot loop divide their work among the backend and its spare ones. */
  readonly divides?: boolean
  /**
   * Creates a run at step 0. `previous` is the run that this one replaces, of the same lab on the same backend: it may
   * hand over data that are still right (tables, measurements). The caller disposes of it afterwards.
   */
  createExperiment(backend: Backend, values: ParameterValues, previous?: Experiment): Promise<Experiment>
  /**
   * Creates a run that goes on from what the `save` of another one gave, with the values and a backend as that one had.
   * It may change `saved`. If these are no data of such a run, this throws, or the run's `advance` or `frame` does.
   */
  restoreExperiment?(backend: Backend, values: ParameterValues, saved: unknown): Promise<Experiment>
  /**
   * The values that decide a run which can be restored, without those that only choose what is shown. Undefined if
   * something else decides it too.
   */
  deciding?(values: ParameterValues): ParameterValues | undefined
  /**
   * Defaults that depend on measurements on this backend, so that they are never slower than promised. `given` holds
   * the values that somebody named: nothing has to be measured for them.
   */
  calibratedDefaults(
    backend: Backend,
    values: ParameterValues,
    given: ParameterValues,
  ): Promise<ParameterValues>
  createHotLoop(backend: Backend, values: ParameterValues): Promise<HotLoop>
  /** Floating-point operations of one step, without what is computed beside it, as evaluations. */
  stepOperations?(values: ParameterValues): number
  /**
   * Takes the user's file (`Lab.file`) for the next runs, in place of an earlier file. The page also calls this before
   * the first run, and again after a restart of the worker. Returns the facts of the file that the page needs.
   * Rejects with a sentence if the file cannot be used; the earlier file stays then.
   */
  provide?(name: string, bytes: Uint8Array): Promise<unknown>
}
