/**
 * The one place where the page tells a screen reader what happened: that the lab is ready, that a run has finished, the
 * verdict on an answer. It waits until the reader is silent. Faults interrupt (notices.ts); a dialog has a place of its own,
 * because nothing outside of an open dialog is heard.
 */
import { signal } from '@preact/signals-core'
import { element, setText, watch } from './dom.ts'
import { formatNumber } from './format.ts'
import { askedFor, isFinished, isStill, type State, storyIndex, toldPlaces } from './state.ts'

const told = signal('')

/** Milliseconds in which sentences are collected: what comes together is heard together. */
const together = 150
let waiting: string[] = []

export function say(text: string): void {
  if (waiting.push(text) > 1) return
  // the same sentence once more is a change, too
  told.value = ''
  setTimeout(() => {
    told.value = waiting.join(' ')
    waiting = []
  }, together)
}

/** The text of a part of the page as it is heard: of a formula only what is meant for the ear. */
export function heard(part: HTMLElement): string {
  const copy = part.cloneNode(true) as HTMLElement
  for (const silent of copy.querySelectorAll('[aria-hidden=true], annotation')) silent.remove()
  return copy.textContent.trim()
}

/** What there is to say about the run, if anything. */
function outcome(state: State): string | undefined {
  if (isStill(state) || !isFinished(state)) return undefined
  const asked = askedFor(state)
  if (asked) return `The run waits for ${asked.label}.`
  return `The run has finished at step ${formatNumber(state.frames.kept.value.at(-1)!.step)}.`
}

/** The region. It also says what changes without a hand on it, and the step of the story that was entered. */
export function createAnnouncer(state: State): HTMLElement {
  const announcer = element('div', { role: 'status', class: 'visually-hidden' })
  watch(() => setText(announcer, told.value))
  let lab: string | undefined
  let ended: string | undefined
  let prepared = true
  watch(() => {
    const newest = state.frames.kept.value.at(-1)
    const { id, title } = state.lab.value
    if (!newest?.ready || newest.lab !== id || state.busy.value) return
    const now = outcome(state)
    // once for each run, which may end twice: before a guess and after it
    const end = now && `${newest.run} ${askedFor(state)?.id}`
    const isNew = end !== undefined && end !== ended
    ended = end ?? ended
    const wasPrepared = prepared
    prepared = state.preparing.value === null
    if (id !== lab) say(`${title} is ready.`)
    else if (prepared && !wasPrepared) say('The models of this step are trained.')
    else if (now && isNew) say(now)
    lab = id
  })
  let entered: unknown
  watch(() => {
    const places = toldPlaces(state)
    const index = storyIndex(state)
    const place = state.story.value === null ? undefined : places[index]
    if (place && place !== entered) say(`Step ${index + 1} of ${places.length}: ${place.step.title}`)
    entered = place
  })
  // what a chart reads by keys
  addEventListener('reading', ({ detail }) => say(detail))
  return announcer
}

declare global {
  interface WindowEventMap {
    readonly reading: CustomEvent<string>
  }
}
