/** The contract of a question's kinds: how an answer is given, and how the page's own numbers judge it. */
import type { EngineFrame } from '../../engine/protocol.ts'

/** The part of a frame that decides whether answers are right. */
export type Evidence = Pick<EngineFrame, 'finished' | 'metrics'>

export interface Judgement {
  readonly right: boolean
  /** Why, as HTML of ours. */
  readonly reasons: readonly string[]
}

export interface Context {
  /** The newest numbers. */
  evidence(): Evidence | undefined
  /** The user has given an answer, which `judge` finds. */
  answered(): void
}

export interface Input {
  readonly element: HTMLElement
  /** The numbers that judge are there. */
  known(): boolean
  /** Judges the answer that was given, and marks it. */
  judge(): Judgement
  /** Marks what is right, without an answer. */
  show(): Judgement
  /** Changes when new numbers contradict the verdict, such as those of another seed. */
  truth(): string
  /** Forgets the answer. */
  clear(): void
  /** Called when another question takes its place. */
  dispose?(): void
}
