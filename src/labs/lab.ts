/**
 * The contract of a lab: one table of parameters, an experiment that runs in the worker, a view that draws its frames,
 * and a story. A lab's `index.ts` exports a `Lab`; its `experiment.ts` exports an `ExperimentModule`.
 */
import type { Stage } from '../stage/contract.ts'
import type { Metrics, MetricValue } from './experiment.ts'
import type { StepNotes } from './notes.ts'
import type { Conflict, FileFacts, Parameter, ParameterValues } from './parameter.ts'
import type { StoryOutline, StoryStep } from './story.ts'

export interface ViewFrame<Data = unknown> {
  readonly step: number
  readonly ready: boolean
  readonly progress: number
  readonly values: ParameterValues
  readonly metrics: Metrics
  readonly data: Data
  /** The user drags a value. A view may draw only the panels that show it, and the others at the end of the drag. */
  readonly dragging?: boolean
}

/**
 * Draws frames. A view is a pure function of the frame, the theme and the size, except for handles: they follow the
 * set parameters at once, before a frame with these parameters comes.
 */
export interface View {
  draw(frame: ViewFrame): void
  /** Called when the parameters change: handles move there at once. */
  follow?(values: ParameterValues): void
  /** Sets switches of the panels, by name, for a story step. */
  arrange?(switches: Readonly<Record<string, boolean>>): void
  dispose(): void
}

/**
 * A change that is part of a longer one. While `dragging`, the address waits for the end. A `continued` change shares
 * one entry of the browser's history with the change before it.
 */
export type ChangePart = 'dragging' | 'continued'

/** The page's functions for a view in which something is dragged or chosen. */
export interface ViewActions {
  /** Changes parameters. Before this returns, `values` gives them and the view has followed them. */
  set(patch: ParameterValues, part?: ChangePart): void
  /** The parameters as they are set now; the newest frame may come from before the last change. */
  values(): ParameterValues
  /** Begins the run anew with the parameters as they are set. */
  restart(): void
  /** The answer of the run's `request`. Rejects if there is none, or if the run is replaced meanwhile. */
  request(name: string): Promise<Uint8Array>
}

export interface Readout<Metric = string> {
  readonly metric: Metric
  readonly label: string
  readonly unit?: string
  /** The metric with its standard error, in the metric's unit: the value is shown with as many digits as are known. */
  readonly error?: Metric
  /** Most digits after the point, where no error says how many: of a share of counted things, for instance. */
  readonly decimals?: number
  /** The part of the metric to show, in the unit, and of its error; default: the metric itself. */
  readonly read?: (value: MetricValue, values: ParameterValues) => MetricValue
}

export interface Lab {
  readonly id: string
  readonly title: string
  /** The question the lab answers, one sentence. */
  readonly question: string
  readonly parameters: readonly Parameter[]
  /** A combination of values that is not permitted: the ids, and a sentence that names values and ranges. */
  readonly conflict?: (values: ParameterValues, file?: FileFacts) => Conflict | undefined
  /** Values of each option of the choice parameter `preset`, which becomes `custom` once a value differs. */
  readonly presets?: Readonly<Record<string, ParameterValues>>
  /** Whether a run with these values has no step to play: it is complete at once. Default: it plays. */
  readonly still?: (values: ParameterValues) => boolean
  /** Steps a second when playing starts; default: as many as possible. */
  readonly speed?: number
  /** The metrics shown beside the panel, in order, with label and unit; all are in the console API. */
  readonly readouts: readonly Readout[]
  /** Owner and licence of the data that are used with these values. */
  readonly credits?: (values: ParameterValues) => string | undefined
  /** Explanation of a step and of the lab's terms, in paragraphs for the help. */
  readonly help?: readonly string[]
  /** A file of the user's own that can be dropped here. */
  readonly file?: LabFile
  readonly story: readonly StoryOutline[]
  /** The same steps with their texts, as HTML. */
  loadStory(): Promise<readonly StoryStep[]>
  /** For each step what the lecturer's own window says. */
  loadNotes(): Promise<readonly StepNotes[]>
  /**
   * The lab with which the story goes on after its last step. Going there and back keeps the values of these
   * parameters, none of which calibration decides.
   */
  readonly goesOn?: { readonly lab: string; readonly keeps: readonly string[] }
  /** Loads the lab's view code. `createView` puts the view's panels on the stage. */
  loadView(): Promise<{ createView(stage: Stage, actions: ViewActions): View }>
}

/** A file that is dropped on the page, or chosen with a button in the panel. It never leaves the user's machine. */
export interface LabFile {
  /** Id of the lab that uses the file and has the button. A file dropped on another lab opens this lab. */
  readonly lab: string
  /** Text of the button: "Open a text of your own…". */
  readonly label: string
  /** Attribute `accept` of the file input: the files that the button's dialog offers. A dropped file may differ. */
  readonly accept: string
  /**
   * Hands the file's bytes to the worker with `provide`, which returns the answer of the experiment's `provide`.
   * Returns the facts of the file, and the parameters to set; then the run is restarted, even if none of them changes.
   * Rejects with a sentence that says why the file cannot be used.
   */
  read(
    file: File,
    provide: (name: string, bytes: Uint8Array) => Promise<unknown>,
  ): Promise<{ readonly facts: FileFacts; readonly patch: ParameterValues }>
  /** A sentence about the file with these facts, with the present values. */
  readonly told?: (values: ParameterValues, facts: FileFacts) => string
}
