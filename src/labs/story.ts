/** A lab's story: an ordered list of steps, each a caption, a change of parameters, and what to look at. */
import type { ParameterValues } from './parameter.ts'

export interface Answer<Metric = string> {
  readonly text: string
  /** By itself, or where a metric has this value: for what the seed decides. */
  readonly right?: boolean | { readonly metric: Metric; readonly equals: number }
  /** Why this answer is right, or what it overlooks. */
  readonly reason: string
}

/** What the page knows of a story's step before its texts are loaded. `Values` are those of the lab's table. */
export interface StoryOutline<Values = ParameterValues, Metric = string> {
  readonly title: string
  readonly patch: Partial<Values>
  /** Ids of the panels to light; none lights all. */
  readonly panels: readonly string[]
  /** Switches of the view, as in `View.arrange`. */
  readonly switches?: Readonly<Record<string, boolean>>
  /**
   * Metrics and parameters that would answer what the step asks: the panel does not tell them until it is answered, or
   * they are asked for, or another step is entered.
   */
  readonly hides?: readonly (Metric | keyof Values)[]
  /** Switches that change then. */
  readonly uncovers?: Readonly<Record<string, boolean>>
}

export interface StoryStep<Values = ParameterValues, Metric extends string = string>
  extends StoryOutline<Values, Metric> {
  /**
   * Markdown with KaTeX between dollar signs; `{{metric}}` is replaced by the current value. Rendered to HTML
   * when the page is built, as the question's texts are.
   */
  readonly caption: string
  readonly question?: Question<Metric>
  /** Something to bring about by dragging: the page says when it is reached. */
  readonly goal?: Goal<Metric>
}

export interface Question<Metric = string> {
  readonly text: string
  readonly answers: readonly Answer<Metric>[]
  /** Several answers are right: they are ticked, then checked together. */
  readonly several?: boolean
  /** It is decided by the numbers of the finished run: an answer that is given before they are finite waits for them. */
  readonly atEnd?: boolean
}

export interface Goal<Metric extends string = string> {
  readonly text: string
  /** Reached while every one of these metrics is finite, or infinite, as said. */
  readonly metrics: Readonly<Partial<Record<Metric, 'finite' | 'infinite'>>>
  /** What is told then: why it works. */
  readonly reason: string
}
