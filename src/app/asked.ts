/** The question of a run to the audience, beside its buttons: they are visible on every screen, unlike the panel. */
import type { Parameter } from '../labs/parameter.ts'
import { parse, resolved } from '../labs/validation.ts'
import type { Control } from './control.ts'
import { element, setText, watch } from './dom.ts'
import { askedFor, type State } from './state.ts'

export function createAsked(state: State, control: Control): HTMLElement {
  const label = element('label', { for: 'asked' })
  const error = element('p', { class: 'field-error', role: 'alert', id: 'error-asked' })
  const field = element('input', {
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    id: 'asked',
    'aria-describedby': error.id,
  })
  const form = element(
    'form',
    { class: 'asked', onsubmit: answer },
    label,
    field,
    element('button', { type: 'submit', class: 'button primary' }, 'Go on'),
    error,
  )
  let shown: Parameter | undefined

  function tell(fault: string): void {
    setText(error, fault)
    field.setAttribute('aria-invalid', String(fault !== ''))
  }

  function answer(event: Event): void {
    event.preventDefault()
    const parameter = askedFor(state)
    if (!parameter) return
    const values = state.values.peek()
    try {
      const value = parse(resolved(parameter, values, state.file.peek()), field.value)
      // the value at which the run waits is no answer
      if (value === values[parameter.id])
        throw new RangeError(`The value is still ${value}. Enter another one.`)
      tell('')
      control
        .set({ [parameter.id]: value }, 'push')
        .then(() => control.setPlaying(true))
        .catch(control.report)
    } catch (fault) {
      tell((fault as Error).message)
      field.select()
    }
  }

  watch(() => {
    const parameter = askedFor(state)
    if (parameter === shown) return
    shown = parameter
    form.hidden = parameter === undefined
    field.value = ''
    tell('')
    if (parameter) setText(label, parameter.unit ? `${parameter.label} (${parameter.unit})` : parameter.label)
  })
  form.hidden = true
  watch(() => {
    if (state.wanted.value) field.focus()
  })
  return form
}
