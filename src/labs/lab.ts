/**
 * The contract of a lab: one table of parameters, an experiment that runs in the worker, a view that draws its frames,
 * and a story. A lab's `index.ts` exports a `Lab`; its `experiment.ts` exports an `ExperimentModule`.
 */
import type { Stage } from '../stage/contract.ts'
import type { Metrics, MetricValue } from './experiment.ts'
import type { Conflict, Parameter, ParameterValues } from './parameter.ts'
import type { StoryOutline, StoryStep } from './story.ts'

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

export interface Readout<Metric = string> {
  readonly metric: Metric
  readonly label: string
  readonly unit?: string
  /** The metric that holds its standard error, in the same unit: it is told as far as it is known. */
  readonly error?: Metric
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
  /** Steps a second that playing starts with; default: as many as can be had. */
  readonly speed?: number
  /** The metrics shown beside the panel, in order, with label and unit; all are in the console API. */
  readonly readouts: readonly Readout[]
  /** Whose data is used with these values, and under which licence. */
  readonly credits?: (values: ParameterValues) => string | undefined
  /** What a step is and what the lab's words mean, in paragraphs for the help. */
  readonly help?: readonly string[]
  /** A file of the user's own that can be dropped here. */
  readonly file?: LabFile
  readonly story: readonly StoryOutline[]
  /** The same steps with their texts, as HTML. */
  loadStory(): Promise<readonly StoryStep[]>
  /**
   * The lab with which the story goes on after its last step. The way there and back keeps the values of these
   * parameters (none that calibration decides).
   */
  readonly goesOn?: { readonly lab: string; readonly keeps: readonly string[] }
  /** Loads the lab's view code and creates it on the stage. */
  createView(stage: Stage, actions: ViewActions): Promise<View>
}

/** A file that is dropped on the page, or chosen with a button in the panel. It never leaves the user's machine. */
export interface LabFile {
  /** Id of the lab that works with it and has the button: where the file is dropped on another one, that lab is opened. */
  readonly lab: string
  /** On the button: "Open a text of your own…". */
  readonly label: string
  /** As the attribute `accept` of a file input: what the button's dialog offers. A dropped file may be anything. */
  readonly accept: string
  /**
   * Hands the file's bytes to the worker with `provide`, which answers what the experiment's `provide` does, and
   * answers the parameters to set; then the run is restarted, even if they are set so already. Rejects with a
   * sentence that says why the file cannot be used.
   */
  read(file: File, provide: (name: string, bytes: Uint8Array) => Promise<unknown>): Promise<ParameterValues>
  /** What is said of the file that was read last, with the values that are set then. */
  readonly told?: (values: ParameterValues) => string
}
