/** The choice of what a link locks for students. */
import { element } from '../dom.ts'
import type { Lock } from '../lock.ts'
import type { State } from '../state.ts'

const choices = [
  ['', 'free'],
  ['fixed', 'fixed'],
  ['hidden', 'hidden'],
] as const

export function createLockChoice(state: State, onChange: () => void) {
  const rows = element('div', { class: 'lock-rows' })
  const flag = (text: string) => {
    const input = element('input', { type: 'checkbox', onchange: onChange })
    return { input, label: element('label', { class: 'share-choice' }, input, text) }
  }
  const steps = flag('Stay at this step')
  const answers = flag('Keep the answers')
  const selects = new Map<string, HTMLSelectElement>()
  const summary = element('summary', {}, 'Lock it for students')
  const choice = element(
    'details',
    { class: 'lock' },
    summary,
    element(
      'p',
      { class: 'small muted' },
      'Students cannot change a fixed value, and do not see a hidden control. With any lock the page stays in this lab. Who edits the address can still open another view.',
    ),
    element('div', { class: 'dialog-row' }, steps.label, answers.label),
    rows,
  )
  return {
    element: choice,
    /** Rows for the open lab. */
    fill() {
      selects.clear()
      const values = state.values.peek()
      rows.replaceChildren(
        ...state.lab
          .peek()
          .parameters.filter(({ relevant }) => relevant?.(values) ?? true)
          .map(({ id, label }) => {
            const options = choices.map(([value, text]) => element('option', { value }, text))
            const select = element('select', { onchange: onChange }, ...options)
            selects.set(id, select)
            return element('label', { class: 'share-choice' }, label, select)
          }),
      )
      steps.input.checked = answers.input.checked = false
      // a locked page hands on its lock
      choice.hidden = state.lock.peek().length > 0
    },
    lock(): Lock {
      if (state.lock.peek().length > 0) return state.lock.peek()
      const ids = [...selects].flatMap(([id, { value }]) =>
        value === '' ? [] : [value === 'hidden' ? `-${id}` : id],
      )
      return [
        ...ids,
        ...(steps.input.checked ? ['steps'] : []),
        ...(answers.input.checked ? ['answers'] : []),
      ]
    },
  }
}
