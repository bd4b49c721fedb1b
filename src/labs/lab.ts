/**
 * The contract of a lab: one table of parameters, an experiment that runs in the worker, a view that draws
 * its frames, and a story. A lab's `index.ts` exports a `Lab`; its `experiment.ts` exports an `ExperimentModule`.
 */
import type { Backend } from '../compute/backend.ts'
import type { Stage } from '../stage/contract.ts'

interface ParameterBase {
  /** Name in the address, the console API and the metrics; never changes once published. */
  readonly id: string
  readonly label: string
  readonly unit?: string
  /** One sentence for the panel and the documentation. */
  readonly help: string
  /** Applied without restarting the run. */
  readonly live?: boolean
  /** Belongs to one run: a change that begins another one puts it back to its default, unless it names it. */
  readonly ofRun?: boolean
  /**
   * Taken at the end of a drag, not while it lasts: what is on the way counts as chosen, too. Keys on its slider are
   * one drag, which Enter ends, or leaving it.
   */
  readonly onRelease?: boolean
  /**
   * Only what is open while this holds has the parameter: elsewhere it is neither in the panel nor in links (the
   * value is kept either way). Looks only at choices that open the lab anew.
   */
  readonly belongs?: (values: ParameterValues) => boolean
  /** Shown in the panel only while this holds (the value is kept either way, and stands in links). */
  readonly relevant?: (values: ParameterValues) => boolean
}

/** `logNumber` differs from `number` only in how a slider maps: equal steps are equal ratios. */
export interface NumberParameter extends ParameterBase {
  readonly kind: 'number' | 'logNumber'
  readonly minimum: number
  readonly maximum: number
  /** Only whole numbers are permitted. */
  readonly integer?: boolean
  /** Only these are permitted. */
  readonly values?: readonly number[]
  /** A slider moves in multiples of it; validation does not snap to it. */
  readonly step?: number
  readonly default: number
  /**
   * What differs where the other parameters have these values; undefined where nothing does. `because` is told
   * when a value lies beyond an end that is nearer for their sake: "the text has 24,871 different words". May look
   * only at parameters that have no `when` themselves; a value that is outside once these change, and is not
   * named beside them, moves to the nearest permitted one.
   */
  readonly when?: (values: ParameterValues) => NumberVariation | undefined
}

/** How a number parameter differs where others have certain values. */
export interface NumberVariation
  extends Partial<Pick<NumberParameter, 'minimum' | 'maximum' | 'step' | 'default'>> {
  readonly because?: string
}

export interface ChoiceParameter extends ParameterBase {
  readonly kind: 'choice'
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly default: string
  /**
   * Choosing another option opens the lab anew, paused or playing as it was, with defaults calibrated for that
   * option. Only the parameters `keeps` (none that calibration decides) and those changed together with this one
   * have their values after it.
   */
  readonly reopens?: { readonly keeps: readonly string[] }
}

export interface FlagParameter extends ParameterBase {
  readonly kind: 'flag'
  readonly default: boolean
}

/** A text with a form of its own, such as a list of numbers. */
export interface TextParameter extends ParameterBase {
  readonly kind: 'text'
  readonly maximumLength: number
  /** What is permitted, as it stands in messages after "is": "1 to 6 components weight,mean,sd, separated by ;". */
  readonly permitted: string
  /** What is wrong with a text, naming the value: "sd 0 is not above 0". Undefined where nothing is. */
  readonly fault: (text: string) => string | undefined
  readonly default: string
}

export type Parameter = NumberParameter | ChoiceParameter | FlagParameter | TextParameter
export type ParameterValue = number | string | boolean
export type ParameterValues = Readonly<Record<string, ParameterValue>>

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
  /** Id of the parameter that playing waits for at `lastStep`; undefined where it has ended. */
  readonly awaits?: string
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

export interface ViewFrame<Data = unknown> {
  readonly step: number
  readonly ready: boolean
  readonly progress: number
  readonly values: ParameterValues
  readonly metrics: Metrics
  readonly data: Data
  /** The user drags a value: a view may draw the panels that show it, and the others at the end of the drag. */
  readonly dragging?: boolean
}

/**
 * Draws frames. A pure function of the frame, the theme and the size, but for handles: they lie where the parameters
 * are set, of which a frame may know later.
 */
export interface View {
  draw(frame: ViewFrame): void
  /** The parameters are set otherwise: handles move there at once. */
  follow?(values: ParameterValues): void
  /** Sets switches of the panels, by name: how a story step wants to be seen. */
  arrange?(switches: Readonly<Record<string, boolean>>): void
  dispose(): void
}

/**
 * A change that is part of a longer one. While `dragging` the address waits for the end; what is `continued` makes one
 * entry of the browser's history with the change before it.
 */
export type ChangePart = 'dragging' | 'continued'

/** What a view asks of the page when something in it is dragged or chosen. */
export interface ViewActions {
  /** Changes parameters; `values` answers them, and the view has followed them, before this returns. */
  set(patch: ParameterValues, part?: ChangePart): void
  /** The parameters as they are set now; the newest frame may come from before the last change. */
  values(): ParameterValues
  /** What the run's `request` answers; rejects where it has no such thing, or is replaced meanwhile. */
  request(name: string): Promise<Uint8Array>
}

export interface Answer {
  readonly text: string
  /** By itself, or where a metric has this value: for what the seed decides. */
  readonly right?: boolean | { readonly metric: string; readonly equals: number }
  /** Why this answer is right, or what it overlooks. */
  readonly reason: string
}

/** What the page knows of a story's step before its texts are loaded. */
export interface StoryOutline {
  readonly title: string
  readonly patch: Partial<ParameterValues>
  /** Ids of the panels to light; none lights all. */
  readonly panels: readonly string[]
  /** Switches of the view, as in `View.arrange`. */
  readonly switches?: Readonly<Record<string, boolean>>
  /**
   * Metrics and parameters that would answer what the step asks: the panel does not tell them until it is answered, or
   * they are asked for, or another step is entered.
   */
  readonly hides?: readonly string[]
  /** Switches that change then. */
  readonly uncovers?: Readonly<Record<string, boolean>>
}

export interface StoryStep extends StoryOutline {
  /**
   * Markdown with KaTeX between dollar signs; `{{metric}}` is replaced by the current value. Rendered to HTML
   * when the page is built, as the question's texts are.
   */
  readonly caption: string
  readonly question?: Question
  /** Something to bring about by dragging: the page says when it is reached. */
  readonly goal?: Goal
}

export interface Question {
  readonly text: string
  readonly answers: readonly Answer[]
  /** Several answers are right: they are ticked, then checked together. */
  readonly several?: boolean
  /** It is decided by the numbers of the finished run: an answer that is given before they are finite waits for them. */
  readonly atEnd?: boolean
}

export interface Goal {
  readonly text: string
  /** Reached while every one of these metrics is finite, or infinite, as said. */
  readonly metrics: Readonly<Record<string, 'finite' | 'infinite'>>
  /** What is told then: why it works. */
  readonly reason: string
}

export interface Readout {
  readonly metric: string
  readonly label: string
  readonly unit?: string
  /** The metric that holds its standard error, in the same unit: it is told as far as it is known. */
  readonly error?: string
  /** What of the metric is told, in the unit; default: all of it as it is. */
  readonly read?: (value: MetricValue, values: ParameterValues) => MetricValue
}

export interface Lab {
  readonly id: string
  readonly title: string
  /** The question the lab answers, one sentence. */
  readonly question: string
  readonly parameters: readonly Parameter[]
  /** What values may not be together: the ids concerned, and a sentence that names values and ranges. */
  readonly conflict?: (values: ParameterValues) => Conflict | undefined
  /** Values that belong together, by the options of the choice parameter `preset`, which becomes `custom` once one differs. */
  readonly presets?: Readonly<Record<string, ParameterValues>>
  /** Steps a second that playing with these values starts with; default: as many as can be had. */
  readonly speed?: (values: ParameterValues) => number
  /** The metrics shown beside the panel, in order, with label and unit; all are in the console API. */
  readonly readouts: readonly Readout[]
  /** Whose data is used with these values, and under which licence. */
  readonly credits?: (values: ParameterValues) => string | undefined
  /** What a step is and what the lab's words mean, in paragraphs for the help. */
  readonly help?: (values: ParameterValues) => readonly string[]
  /** A file of the user's own that the lab can work with. */
  readonly file?: LabFile
  readonly story: readonly StoryOutline[]
  /** The same steps with their texts, as HTML. */
  loadStory(): Promise<readonly StoryStep[]>
  /** Loads the lab's view code and creates it on the stage. */
  createView(stage: Stage, actions: ViewActions): Promise<View>
}

/** A file that is dropped on the page, or chosen with a button in the panel. It never leaves the user's machine. */
export interface LabFile {
  /** On the button: "Open a text of your own…". */
  readonly label: string
  /** As the attribute `accept` of a file input: what the button's dialog offers. A dropped file may be anything. */
  readonly accept: string
  /** The button is shown only while this holds. A dropped file is taken either way: the patch may name what it needs. */
  readonly relevant?: (values: ParameterValues) => boolean
  /**
   * Hands the file's bytes to the worker with `provide`, which answers what the experiment's `provide` does, and
   * answers the parameters to set; then the run is restarted, even if they are set so already. Rejects with a
   * sentence that says why the file cannot be used.
   */
  read(file: File, provide: (name: string, bytes: Uint8Array) => Promise<unknown>): Promise<ParameterValues>
  /** What is said of the file that was read last, with the values that are set then. */
  readonly told?: (values: ParameterValues) => string
}

export interface Conflict {
  readonly ids: readonly string[]
  readonly message: string
}
