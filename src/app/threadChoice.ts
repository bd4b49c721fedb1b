/** The choice of the number of threads, in the section about the backend: loaded once WebAssembly computes. */
import { mostThreads } from '../threads.ts'
import type { Control } from './control.ts'
import { element, setText, watch } from './dom.ts'
import type { State } from './state.ts'

export function createThreadChoice(state: State, control: Control): HTMLElement {
  const cores = navigator.hardwareConcurrency ?? 1
  // a choice beyond the cores is made by a script
  const counts = Array.from({ length: Math.min(mostThreads, Math.max(cores, 2)) }, (_, index) => index + 1)
  const select = element(
    'select',
    {
      id: 'threads',
      onchange: () => void control.chooseBackend('wasm', Number(select.value)),
    },
    element('option', { value: 0 }, 'automatic'),
    ...counts.map((count) => element('option', { value: count }, String(count))),
  )
  const says = element('p', { class: 'small muted', id: 'threads-text' })
  select.setAttribute('aria-describedby', says.id)
  const row = element(
    'div',
    {},
    element(
      'div',
      { class: 'backend-row' },
      element('label', { for: 'threads' }, 'Threads'),
      element('div', { class: 'select' }, select),
    ),
    says,
  )
  watch(() => {
    const backend = state.backend.value
    const chosen = state.threads.value
    row.hidden = backend?.kind !== 'wasm'
    if (chosen > counts.length) {
      counts.push(chosen)
      select.append(element('option', { value: chosen }, String(chosen)))
    }
    select.value = String(chosen)
    select.disabled = state.busy.value
    const together = 'The threads share one memory. Their results have the same bits as those of one thread.'
    setText(says, backend?.fewerThreads ?? ((backend?.threads ?? 1) > 1 ? together : ''))
  })
  return row
}
