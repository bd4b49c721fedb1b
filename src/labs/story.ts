/** A lab's story: an ordered list of steps, each with a caption, a change of parameters, and the panels to look at. */
import type { ParameterValues } from './parameter.ts'

export interface Answer<Metric = string> {
  readonly text: string
  /** True or false, or right if a metric has this value: for answers that depend on the seed. */
  readonly right?: boolean | { readonly metric: Metric; readonly equals: number }
  /** Why this answer is right, or why it is wrong. */
  readonly reason: string
}

/** How far a run has to be: a step, or 'end', where playing ends. */
export type Needs = number | 'end'

/** The data of a story's step before its texts are loaded. `Values` are the values of the lab's table. */
export interface StoryOutline<Values = ParameterValues, Metric = string> {
  readonly title: string
  readonly patch: Partial<Values>
  /** Ids of the panels to light; none lights all. */
  readonly panels: readonly string[]
  /** Ids of the parameters that the step talks about. While presenting, each has a large slider; others have none. */
  readonly sliders?: readonly (keyof Values)[]
  /** Switches of the view, as in `View.arrange`. */
  readonly switches?: Readonly<Record<string, boolean>>
  /**
   * Metrics and parameters that would answer the step's question. The page hides them until the question is answered,
   * or the user asks for them, or enters another step.
   */
  readonly hides?: readonly (Metric | keyof Values)[]
  /** Ids of the panels that would answer the step's question: they are veiled as long, also after the training. */
  readonly veils?: readonly string[]
  /**
   * How the run waits for the answer: at its first step, or trained behind the veil because the question is about a
   * trained model. Without it the run plays.
   */
  readonly holds?: 'start' | 'trained'
  /**
   * How far the run is when the step's question or caption speaks of it. natlab trains it while an earlier step is
   * shown, so that it is there when the step is entered.
   */
  readonly needs?: Needs
  /** Switches that change when the hidden numbers are shown. */
  readonly uncovers?: Readonly<Record<string, boolean>>
}

export interface StoryStep<Values = ParameterValues, Metric extends string = string>
  extends StoryOutline<Values, Metric> {
  /**
   * Markdown with KaTeX between dollar signs; `{{metric}}` is replaced by the current value with three digits, and
   * `{{metric[0]}}` by the first entry of a list. Rendered to HTML when the page is built, as the question's texts are.
   */
  readonly caption: string
  readonly question?: Question<Metric>
  /** A goal to reach by dragging: the page says when it is reached. */
  readonly goal?: Goal<Metric>
}

interface Asked {
  readonly text: string
  /** The numbers of the finished run decide. An answer that is given before they are finite waits for them. */
  readonly atEnd?: boolean
}

/** One answer to press, or several to tick. */
export interface Choice<Metric = string> extends Asked {
  readonly answers: readonly Answer<Metric>[]
  /** Several answers are right: the user ticks them, then checks them together. */
  readonly several?: boolean
}

/** Things to match with values, each with one. */
export interface Matching<Metric = string> extends Asked {
  readonly match: {
    /** "Picture A". */
    readonly things: readonly string[]
    readonly values: readonly string[]
    readonly metric: Metric
    /** What the metric says: for each of its values the index of the value that belongs to each thing. */
    readonly truths: readonly { readonly equals: number; readonly places: readonly number[] }[]
    readonly reason: string
  }
}

export interface SketchAxis {
  readonly label: string
  readonly unit?: string
  readonly scale: 'linear' | 'log'
  readonly domain: readonly [number, number]
  /** Values with a text at the axis. */
  readonly ticks: readonly (readonly [value: number, text: string])[]
}

/** A curve to draw over the veil of a chart. */
export interface Sketching<Metric = string> extends Asked {
  readonly sketch: {
    /** Id of the chart's panel; the step veils it. */
    readonly panel: string
    readonly x: SketchAxis
    readonly y: SketchAxis
    /** Metrics of the real curve's points; `factor` brings y to the axis' unit. Points with the same x are averaged. */
    readonly truth: { readonly x: Metric; readonly y: Metric; readonly factor: number }
    readonly reason: string
  }
}

/** The number that the run itself asks for (`Experiment.asks`), compared with a metric of the finished run. */
export interface Guess<Metric = string> extends Asked {
  readonly guess: {
    readonly metric: Metric
    /** A guess is right within this share of the metric. */
    readonly within: number
    readonly reason: string
  }
}

export type Question<Metric = string> = Choice<Metric> | Matching<Metric> | Sketching<Metric> | Guess<Metric>

export interface Goal<Metric extends string = string> {
  readonly text: string
  /** The goal is reached while each of these metrics is finite or infinite, as given. */
  readonly metrics: Readonly<Partial<Record<Metric, 'finite' | 'infinite'>>>
  /** The message then: why it works. */
  readonly reason: string
}
