/**
 * The sliders that the step of the story names: while presenting, and on a narrow page, where the panel lies far below
 * the pictures.
 */
import { computed, signal } from '@preact/signals-core'
import type { Parameter } from '../labs/parameter.ts'
import type { Control } from './control.ts'
import { element } from './dom.ts'
import { narrowPage } from './narrow.ts'
import type { Notices } from './notices.ts'
import { createParameters } from './panel.ts'
import { type State, toldPlace } from './state.ts'

export function createStepSliders(state: State, control: Control, notices: Notices): HTMLElement {
  const section = element('section', { class: 'step-sliders', 'aria-label': 'Parameters of the step' })
  const query = narrowPage()
  const isNarrow = signal(query.matches)
  query.addEventListener('change', () => {
    isNarrow.value = query.matches
  })
  /** In the order of the step. */
  const named = computed(() => {
    const shown = isNarrow.value || state.present.value
    const ids = (shown && toldPlace(state)?.step.sliders) || []
    return ids.flatMap((id): Parameter[] => state.lab.value.parameters.filter((one) => one.id === id))
  })
  createParameters(state, control, notices, section, () => named.value)
  return section
}
