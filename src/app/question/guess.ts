/** A number to guess: the run itself waits for it, as for the value of a parameter. A metric judges it. */
import type { Parameter } from '../../labs/parameter.ts'
import type { Guess } from '../../labs/story.ts'
import { askedParameter, parse, resolved } from '../../labs/validation.ts'
import type { Control } from '../control.ts'
import { element, setText, watch } from '../dom.ts'
import { formatNumber } from '../format.ts'
import { askedFor, type State } from '../state.ts'
import type { Context, Input } from './input.ts'

/** The field for the number that a run asks for: it is seen while the run waits. */
export function createGuessForm(state: State, control: Control): HTMLElement {
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
    if (state.wanted.value && state.wanted.value.id === shown?.id) field.focus()
  })
  return form
}

/** The guess that a step of the story asks for: judged by a metric once the run has ended. */
export function createGuess(
  { guess }: Guess,
  form: HTMLElement,
  state: State,
  { evidence, answered }: Context,
): Input {
  const parameter = askedParameter(state.lab.peek().parameters)!
  const given = () => Number(state.values.peek()[parameter.id])
  const truth = () => Number(evidence()?.metrics[guess.metric])
  const stop = watch(() => {
    const value = state.values.value[parameter.id]
    // the values may be those of another lab already
    if (value !== undefined && Number(value) !== parameter.default) answered()
  })
  return {
    element: form,
    known: () => Number.isFinite(truth()),
    truth: () => String(given()),
    judge: () => ({
      right: Math.abs(given() - truth()) <= guess.within * truth(),
      reasons: [`Your guess: ${formatNumber(given())}. Measured: ${formatNumber(truth())}.`, guess.reason],
    }),
    show: () => ({ right: true, reasons: [guess.reason] }),
    clear() {},
    dispose: stop,
  }
}
