/** The dialog that compares the backends by the time of the same work. */
import { defaultRepeats } from '../../engine/protocol.ts'
import { codeOf } from '../../faults.ts'
import { createDialog, type Dialog } from '../dialog.ts'
import { button, element, setText } from '../dom.ts'
import type { Engine } from '../engine.ts'
import type { State } from '../state.ts'
import { measure as measureAll } from './comparison.ts'
import { contestantName } from './names.ts'
import { createTable, verdict } from './table.ts'

export function createCompareDialog(state: State, engine: Engine): Dialog {
  const result = element('div', { class: 'comparison-result' })
  const status = element('p', { role: 'status' })
  const progress = element('progress', { max: '1', value: '0', 'aria-label': 'Progress of the comparison' })
  const repeats = element(
    'select',
    { 'aria-label': 'Warm runs' },
    ...[5, 10, 20, 50].map((count) =>
      element('option', { value: count, selected: count === defaultRepeats }, `${count} warm runs`),
    ),
  )
  let running = false

  const start = button('Measure', () => void measure(), 'primary')
  const cancel = button('Cancel', () => engine.cancelCompare())

  function showRunning(now: boolean): void {
    running = now
    start.disabled = now
    repeats.disabled = now
    cancel.hidden = !now
    progress.hidden = !now
  }
  showRunning(false)

  async function measure(): Promise<void> {
    showRunning(true)
    progress.value = 0
    result.replaceChildren()
    setText(status, 'Preparing…')
    try {
      const { rows } = await measureAll(state, engine, { repeats: Number(repeats.value) }, (now) => {
        progress.value = now.total > 0 ? now.done / now.total : 0
        setText(status, `${contestantName(now)}: ${now.doing}`)
      })
      setText(status, verdict(rows))
      result.replaceChildren(createTable(rows, 'Timings'))
    } catch (fault) {
      setText(
        status,
        codeOf(fault) === 'obsolete' ? 'Cancelled.' : `The comparison failed: ${(fault as Error).message}`,
      )
    } finally {
      showRunning(false)
    }
  }

  return createDialog(
    'Compare backends',
    [
      element(
        'p',
        {},
        'Times this lab’s hot loop at its current parameters on every backend, and checks that the results agree. ' +
          'The first run includes compilation and stands apart; the rest gives the medians. A GPU’s answer takes some ' +
          'time whatever it is asked: its work alone stands apart, too.',
      ),
      element(
        'div',
        { class: 'dialog-row' },
        element('div', { class: 'select' }, repeats),
        start,
        cancel,
        progress,
      ),
      status,
      result,
    ],
    { onClose: () => running && engine.cancelCompare() },
  )
}
