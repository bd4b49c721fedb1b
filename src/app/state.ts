/** Everything the page shows, as signals. Only `control.ts` writes them; the parts of the page read. */
import { type Signal, signal } from '@preact/signals-core'
import type { BackendChoice, BackendInfo } from '../engine/protocol.ts'
import type { Lab, ParameterValues, StoryOutline } from '../labs/lab.ts'
import { defaults } from '../labs/parameters.ts'
import type { ThemeName } from '../stage/contract.ts'
import { createFrames, type Frames } from './frames.ts'

export interface State {
  readonly lab: Signal<Lab>
  /** What the panel shows; the engine follows. */
  readonly values: Signal<ParameterValues>
  /** Index of the story step that was entered; null until the story is begun. */
  readonly story: Signal<number | null>
  readonly theme: Signal<ThemeName>
  /** What the user wants; the run may have finished meanwhile. */
  readonly playing: Signal<boolean>
  /** Steps a second at most. */
  readonly speed: Signal<number>
  readonly backendChoice: Signal<BackendChoice>
  readonly backend: Signal<BackendInfo | null>
  /** A lab is being opened or another backend started. */
  readonly busy: Signal<boolean>
  /** The engine stopped with this message. */
  readonly failure: Signal<string | null>
  readonly frames: Frames
}

export function createState(lab: Lab): State {
  return {
    lab: signal(lab),
    values: signal(defaults(lab.parameters)),
    story: signal(null),
    theme: signal('dark'),
    playing: signal(false),
    speed: signal(lab.speed ?? Number.POSITIVE_INFINITY),
    backendChoice: signal('automatic'),
    backend: signal(null),
    busy: signal(true),
    failure: signal(null),
    frames: createFrames(),
  }
}

/** Whether a story's step tells of what is open: no choice that opens a lab anew stands in its way. */
export function tellsOf({ patch }: StoryOutline, { parameters }: Lab, values: ParameterValues): boolean {
  return parameters.every(
    (one) => one.kind !== 'choice' || !one.reopens || !(one.id in patch) || patch[one.id] === values[one.id],
  )
}

/** The story step whose caption is shown: the first that tells of what is open, until one is entered. */
export function storyIndex({ story, lab, values }: State): number {
  const first = () => lab.value.story.findIndex((step) => tellsOf(step, lab.value, values.value))
  return story.value ?? Math.max(0, first())
}
