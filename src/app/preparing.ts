/** Tells the engine what the story needs of runs: now, and in later steps, which it trains while the page is at rest. */
import type { Later } from '../engine/protocol.ts'
import type { StoryOutline } from '../labs/story.ts'
import { defaults, fitted, validateChange, validateOpening } from '../labs/validation.ts'
import { watch } from './dom.ts'
import type { Engine } from './engine.ts'
import { fixedValues, freePatch, passedOn, placesAhead, type State, strayedIds, toldPlace } from './state.ts'

/** Milliseconds between two reports of a hand on the page. */
const reportEvery = 100

/** What the later steps need, with the values that the page has once the reader has come there. */
function laterNeeds(state: State): readonly Later[] {
  const file = state.file.value
  let lab = state.lab.value
  let values = state.values.value
  /** Values that the labs on the way pass on. */
  let kept = fixedValues(state)
  const later: Later[] = []
  try {
    for (const { lab: own = lab, step } of placesAhead(state)) {
      const patch = freePatch(state, step)
      if (own === lab) {
        const all = defaults(lab.parameters, values, file)
        values = { ...values, ...validateChange(lab, fitted(lab.parameters, patch, all, file), all, file) }
      } else {
        kept = { ...kept, ...passedOn(lab, own, values) }
        lab = own
        const told = fitted(lab.parameters, patch, { ...defaults(lab.parameters), ...kept }, file)
        values = validateOpening(lab, told, kept, file)
      }
      if (step.needs !== undefined) later.push({ lab: lab.id, values, needs: step.needs })
    }
  } catch {
    // a step that these values do not permit says so when it is entered
  }
  return later
}

/** @param ahead whether the reader may go on to the later steps */
export function prepareSteps(state: State, engine: Engine, ahead = true): void {
  let shown: StoryOutline | undefined
  /** The values were the step's own. */
  let followed = false
  watch(() => {
    const { busy, backend, dragging, story, values } = state
    if (busy.value || backend.value === null || dragging.value) return
    const step = story.value === null ? undefined : toldPlace(state)?.step
    const follows = step !== undefined && strayedIds(state, step).length === 0
    // also when the reader goes back to the values of the step
    const enters = step !== undefined && (step !== shown || (follows && !followed))
    shown = step
    followed = follows
    const later = step && ahead ? laterNeeds(state) : []
    // what is not trained in time is trained where it is shown
    engine.prepare?.({ values: values.value, needs: step?.needs, enters, later }).catch(() => {})
  })

  let reportedAt = Number.NEGATIVE_INFINITY
  const report = ({ timeStamp }: Event) => {
    if (timeStamp - reportedAt < reportEvery) return
    reportedAt = timeStamp
    engine.disturbed?.()
  }
  for (const type of ['pointerdown', 'wheel', 'keydown', 'touchmove'])
    addEventListener(type, report, { passive: true, capture: true })
  const drag = (event: PointerEvent) => {
    if (event.buttons > 0) report(event)
  }
  addEventListener('pointermove', drag, { passive: true, capture: true })
}
