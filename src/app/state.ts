/** Everything the page shows, as signals. Only `control.ts` and its two parts write them; the page reads. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { BackendChoice, BackendInfo, Preparing } from '../engine/protocol.ts'
import type { Lab } from '../labs/lab.ts'
import type { FileFacts, Parameter, ParameterValues } from '../labs/parameter.ts'
import type { StoryOutline, StoryStep } from '../labs/story.ts'
import { askedParameter, defaults } from '../labs/validation.ts'
import type { ThemeName } from '../stage/contract.ts'
import { createFrames, type Frames } from './frames.ts'
import { fixes, type Lock } from './lock.ts'

export interface Drawn {
  readonly panel: string
  readonly sheet: Element
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/** The texts of a step: HTML of ours, or a caption of a lecturer's own as nodes. */
export interface StoryTexts extends Pick<StoryStep, 'question' | 'goal'> {
  readonly caption: string | Node
}

/** A step of the story that is told, and where it is. */
export interface StoryPlace {
  /** The lab that it is about; a page of text leaves open what is. */
  readonly lab?: Lab
  readonly index: number
  readonly step: StoryOutline
  /** Switches and cameras that it begins with (stage/look.ts). */
  readonly look?: string
  texts(): Promise<StoryTexts>
}

/** A list of steps of one's own, told in place of the stories of the labs. */
export interface Lesson {
  readonly title: string
  /** What `lesson=` says in the address. */
  readonly code: string
  readonly places: readonly StoryPlace[]
}

/** What a view in a frame of another page shows (embed/). */
export interface Embed {
  /** Ids of the panels; without them those of the step, or all. */
  readonly panels?: readonly string[]
  /** Ids of the parameters that can be changed; without them the sliders of the step. */
  readonly controls?: readonly string[]
  /** With the caption of the step. */
  readonly caption: boolean
  /** It has the theme of the page around it. */
  readonly followsHost: boolean
}

export interface State {
  /** All labs of the page. */
  readonly labs: readonly Lab[]
  readonly lab: Signal<Lab>
  /** The values in the panel; the engine follows them. */
  readonly values: Signal<ParameterValues>
  /** Values that nobody named when the lab was opened, and that were measured for this machine. */
  readonly measured: Signal<ParameterValues>
  /** Facts of the user's own file; undefined until one was read. */
  readonly file: Signal<FileFacts | undefined>
  /** The user drags a value: the latest change came a moment ago. */
  readonly dragging: Signal<boolean>
  /** The lesson that is told: then a step of it is entered. */
  readonly lesson: Signal<Lesson | null>
  /** Index of the step that was entered, in the story that is told; null until it is begun. */
  readonly story: Signal<number | null>
  /** The step whose hidden numbers may be seen: its question is answered, or the reader asked for them. */
  readonly answered: Signal<StoryOutline | null>
  /** The user's switches and cameras (stage/look.ts); empty where the pictures are as the story sets them. */
  readonly look: Signal<string>
  /** The curve that the audience draws: on a sheet over the veiled chart, later on the chart itself. */
  readonly drawn: Signal<Drawn | null>
  /** Hands that were counted for each answer of the present question, for each round; no round while none is counted. */
  readonly hands: Signal<readonly (readonly number[])[]>
  readonly theme: Signal<ThemeName>
  /** The step of the story fills the screen, for a lecture hall. */
  readonly present: Signal<boolean>
  /** What a frame in another page shows; null in a page of its own. */
  readonly embed: Signal<Embed | null>
  /** The user's wish; the run may have finished meanwhile. */
  readonly playing: Signal<boolean>
  /** The steps of a script are under way. */
  readonly running: Signal<boolean>
  /** What the run waits for and a key or button reminds of: a parameter, or `question`. A new object each time. */
  readonly wanted: Signal<{ readonly id: string } | null>
  /** Steps a second at most. */
  readonly speed: Signal<number>
  /** What the link keeps from its readers. */
  readonly lock: Signal<Lock>
  readonly backendChoice: Signal<BackendChoice>
  /** Threads that the user has chosen for WebAssembly; 0: as many as are best. */
  readonly threads: Signal<number>
  readonly backend: Signal<BackendInfo | null>
  /** What the engine waits for, once that takes long, in the words of a sentence: "the backend". */
  readonly waiting: Signal<string | null>
  /** A lab is being opened or another backend started. */
  readonly busy: Signal<boolean>
  /** How far the run is on its way to where the present step of the story needs it; null once it is there. */
  readonly preparing: ReadonlySignal<Preparing | null>
  /** The fault that stopped the engine. */
  readonly failure: Signal<Error | null>
  readonly frames: Frames
}

/** Steps a second that playing starts with. */
export function ownSpeed({ speed = Number.POSITIVE_INFINITY }: Lab): number {
  return speed
}

export function createState(lab: Lab, labs: readonly Lab[] = [lab]): State {
  const frames = createFrames()
  return {
    labs,
    lab: signal(lab),
    values: signal(defaults(lab.parameters)),
    measured: signal({}),
    file: signal(undefined),
    dragging: signal(false),
    lesson: signal(null),
    story: signal(null),
    answered: signal(null),
    look: signal(''),
    drawn: signal(null),
    hands: signal([]),
    theme: signal('dark'),
    present: signal(false),
    embed: signal(null),
    playing: signal(false),
    running: signal(false),
    wanted: signal(null),
    speed: signal(ownSpeed(lab)),
    lock: signal([]),
    backendChoice: signal('automatic'),
    threads: signal(0),
    backend: signal(null),
    waiting: signal(null),
    busy: signal(true),
    preparing: computed(() => frames.kept.value.at(-1)?.preparing ?? null),
    failure: signal(null),
    frames,
  }
}

/** The run has nothing to play, and nothing to tell of it. */
export const isStill = ({ lab, values, failure }: State): boolean =>
  failure.value === null && lab.value.still?.(values.value) === true

/** The run has reached its end: playing begins it anew. */
export function isFinished({ frames, running, values, lab }: State): boolean {
  const newest = frames.kept.value.at(-1)
  if (!newest?.finished || !newest.ready || running.value) return false
  const asked = newest.asks && askedParameter(lab.value.parameters)
  // the answer may be newer than the frame
  return !asked || newest.values[asked.id] === values.value[asked.id]
}

/** The parameter that the finished run asks for. Playing goes on with its value. */
export function askedFor(state: State): Parameter | undefined {
  const asks = isFinished(state) && state.frames.kept.value.at(-1)?.asks
  return asks ? askedParameter(state.lab.value.parameters) : undefined
}

/** The action of the play button. */
export function playLabel(state: State): 'Play' | 'Pause' | 'Replay' {
  if (state.failure.value !== null || (isHeld(state) && !state.running.value)) return 'Play'
  if (isFinished(state)) return askedFor(state) ? 'Play' : 'Replay'
  return state.playing.value || state.running.value ? 'Pause' : 'Play'
}

/** The story step whose caption is shown: the first until one is entered. */
export function storyIndex({ story }: State): number {
  return story.value ?? 0
}

/** The same places for the same lab: what follows them compares them. */
const ownPlaces = new WeakMap<Lab, readonly StoryPlace[]>()

/** The places of a lab's own story. */
export function placesOf(lab: Lab): readonly StoryPlace[] {
  const places =
    ownPlaces.get(lab) ??
    lab.story.map((step, index) => ({
      lab,
      index,
      step,
      texts: async () => (await lab.loadStory())[index],
    }))
  ownPlaces.set(lab, places)
  return places
}

/** The story that is told: the lesson, or else that of the open lab. */
export function toldPlaces({ lesson, lab }: State): readonly StoryPlace[] {
  return lesson.value?.places ?? placesOf(lab.value)
}

/** The place whose caption is shown. */
export function toldPlace(state: State): StoryPlace | undefined {
  return toldPlaces(state)[storyIndex(state)]
}

/** The values that one lab hands to the next (`Lab.goesOn`). */
export function passedOn(from: Lab, to: Lab, values: ParameterValues): ParameterValues {
  const keeps = (from.goesOn ?? to.goesOn)?.keeps ?? []
  return Object.fromEntries(keeps.filter((id) => id in values).map((id) => [id, values[id]]))
}

/** The values that the link fixes, as they are. */
export function fixedValues({ lock, values }: State): ParameterValues {
  const all = Object.entries(values.value)
  return Object.fromEntries(all.filter(([id]) => fixes(lock.value, id)))
}

/** What entering a step changes: its patch without what the link fixes. */
export function freePatch({ lock }: State, step: StoryOutline): ParameterValues {
  const all = Object.entries(step.patch as ParameterValues)
  return Object.fromEntries(all.filter(([id]) => !fixes(lock.value, id)))
}

/** The lab in which the story of the open one goes on, or from which it comes. */
function labBeside({ labs, lab }: State, by: 1 | -1): Lab | undefined {
  const { id, goesOn } = lab.value
  return labs.find((other) => (by > 0 ? other.id === goesOn?.lab : other.goesOn?.lab === id))
}

/**
 * Where the story leads from the step that is shown. A lesson ends with its last step; the story of a lab leads over it
 * into the next lab, and back (`Lab.goesOn`).
 */
export function beside(state: State, by: 1 | -1): StoryPlace | undefined {
  if (state.lock.value.includes('steps')) return undefined
  const place = toldPlaces(state)[storyIndex(state) + by]
  if (place || state.lesson.value) return place
  const other = labBeside(state, by)
  return other && placesOf(other).at(by > 0 ? 0 : -1)
}

/** All steps after the one that is shown, into the next lab; none where the link stays at its step. */
export function placesAhead(state: State): readonly StoryPlace[] {
  if (state.lock.value.includes('steps')) return []
  const next = state.lesson.value ? undefined : labBeside(state, 1)
  return [...toldPlaces(state).slice(storyIndex(state) + 1), ...(next ? placesOf(next) : [])]
}

/** Ids of the values that are others than those of a step. The name of a preset counts by the preset's values. */
export function strayedIds({ lab, values }: State, step: StoryOutline | undefined): readonly string[] {
  const { preset, ...named } = step?.patch ?? {}
  const wanted: ParameterValues = { ...lab.value.presets?.[String(preset)], ...(named as ParameterValues) }
  return Object.keys(wanted).filter((id) => wanted[id] !== values.value[id])
}

/**
 * The ids of those that somebody has changed. A story that is not begun takes the sizes that were measured for this
 * machine: its captions tell the numbers of these.
 */
export function departedIds(state: State, step: StoryOutline | undefined): readonly string[] {
  const { story, measured, values } = state
  const own = story.value === null ? measured.value : {}
  return strayedIds(state, step).filter((id) => !(id in own && own[id] === values.value[id]))
}

/**
 * The step that the panel and the pictures follow. A story that is not begun shows its first step. If that asks
 * something, it is followed only while the values that it hides, or else all of its values, are those of the step: a
 * link with other values shows everything.
 */
export function keptStep(state: State): StoryOutline | undefined {
  const step = toldPlace(state)?.step
  if (!step || state.story.value !== null || !asks(step)) return step
  const strayed = departedIds(state, step)
  const riddle = step.hides?.filter((id) => id in step.patch) ?? []
  return (riddle.length > 0 ? riddle : strayed).some((id) => strayed.includes(id)) ? undefined : step
}

/** Something of the step waits for an answer. */
const asks = (step: StoryOutline | undefined) => Boolean(step?.hides ?? step?.veils ?? step?.holds)

/** The step whose question waits for its answer, if it hides or holds something as long. */
export function openQuestion(state: State): StoryOutline | undefined {
  const step = keptStep(state)
  return asks(step) && state.answered.value !== step ? step : undefined
}

/** Ids of the metrics and parameters that would give away the answer to the present question. */
export function hiddenIds(state: State): readonly string[] {
  return openQuestion(state)?.hides ?? []
}

/** The run waits at its first step for the answer to the present question. */
export function isHeld(state: State): boolean {
  return openQuestion(state)?.holds === 'start'
}

/** The panels that are covered until the answer, and the sentence on them. */
export function veil(state: State): { readonly panels: readonly string[]; readonly sentence: string } {
  const { veils = [], holds } = openQuestion(state) ?? {}
  const sentence = 'Predict first. The answer uncovers this picture.'
  if (veils.length === 0 || holds !== 'trained') return { panels: veils, sentence }
  const newest = state.frames.kept.value.at(-1)
  if (!newest || newest.finished) return { panels: veils, sentence }
  const share = Math.floor((100 * newest.step) / newest.lastStep)
  return { panels: veils, sentence: `Predict first. The models train behind this: ${share} %.` }
}

/** Switches of the view that change when the answer is given. */
export function uncoveredSwitches(state: State): StoryOutline['uncovers'] {
  const step = keptStep(state)
  return state.answered.value === step ? step?.uncovers : undefined
}
