/** The section about the backend in use: its name, the reason for it, and the choice of another one. */
import type { BackendChoice } from '../engine/protocol.ts'
import { sentence } from '../faults.ts'
import { backendNames, describeBackend, nameInHeader } from './backendNames.ts'
import type { Control } from './control.ts'
import { button, element, setText, watch } from './dom.ts'
import { formatMilliseconds, formatRate } from './format.ts'
import type { State } from './state.ts'

export function createBackendSection(
  state: State,
  control: Control,
  compare: () => void,
  race: () => void,
): HTMLElement {
  const select = element(
    'select',
    {
      id: 'backend',
      onchange: () => void control.chooseBackend(select.value as BackendChoice),
    },
    element('option', { value: 'automatic' }, 'automatic'),
    element('option', { value: 'webgpu' }, backendNames.webgpu),
    element('option', { value: 'wasm' }, backendNames.wasm),
  )
  const reason = element('p', { class: 'small muted', id: 'backend-reason' })
  select.setAttribute('aria-describedby', reason.id)
  watch(() => {
    select.value = state.backendChoice.value
    select.disabled = state.busy.value && state.waiting.value === null
    const backend = state.backend.value
    setText(
      reason,
      backend ? `${describeBackend(backend)}: ${sentence(backend.reason)}` : 'The backend is being chosen…',
    )
  })
  const section = element(
    'section',
    { class: 'panel-section', 'aria-labelledby': 'backend-title' },
    element('h2', { id: 'backend-title' }, 'Computing on'),
    element(
      'div',
      { class: 'backend-row' },
      element('label', { for: 'backend', class: 'visually-hidden' }, 'Backend'),
      element('div', { class: 'select' }, select),
      element('div', { class: 'dialog-row' }, button('Compare…', compare), button('Race…', race)),
    ),
    reason,
  )
  let asked = false
  watch(() => {
    if (asked || state.backend.value?.kind !== 'wasm') return
    asked = true
    // without it the threads stay as they are
    void import('./threadChoice.ts').then(
      ({ createThreadChoice }) => section.append(createThreadChoice(state, control)),
      () => {},
    )
  })
  return section
}

/** The header's summary: backend, adapter, milliseconds of the last pass and its rate. It opens the race of the backends. */
export function createTimingChip(state: State, race: () => void): HTMLElement {
  const backend = element('span', { class: 'chip-backend' })
  // phones have room for the name only; the adapter stands in the panel
  const name = element('span', { class: 'chip-name' })
  const timing = element('span', { class: 'chip-timing' })
  const chip = button(backend, race, 'chip')
  chip.append(name, timing)
  watch(() => {
    const info = state.backend.value
    setText(backend, info ? nameInHeader(info) : 'starting…')
    setText(name, info ? `${backendNames[info.kind]}${info.software ? ' (software)' : ''}` : 'starting…')
    const metrics = state.frames.shown.value?.metrics
    const milliseconds = Number(metrics?.milliseconds ?? Number.NaN)
    const work = Number(metrics?.megaflops ?? Number.NaN)
    const parts = [formatMilliseconds(milliseconds), formatRate((work / milliseconds) * 1e3)]
    setText(timing, parts.filter((part) => part !== '–').join(' · '))
    chip.title = `Race CPU against GPU (v)${info ? `. ${describeBackend(info)}: ${info.reason}` : ''}`
  })
  return chip
}
