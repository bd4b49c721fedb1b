/** What a lecturer's own window says of a story's steps. The projected page never shows it. */

export interface Mistake {
  /** What students believe or confuse. */
  readonly wrong: string
  readonly helps: string
}

export interface StepNotes {
  /** Time that the step is meant to take. */
  readonly minutes: number
  /** Two to four sentences to say aloud, beside the caption. */
  readonly say: readonly string[]
  readonly mistakes: readonly Mistake[]
}
