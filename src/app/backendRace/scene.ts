/** The race of backends as a scene for a lecture: a bar for each, on the whole window. */
import './backendRace.css'
import type { BackendRaceRow, BackendRaceState } from '../../engine/raceProtocol.ts'
import { codeOf, errorOf, sentence } from '../../faults.ts'
import { createDialog, type Dialog } from '../dialog.ts'
import { button, element, setText } from '../dom.ts'
import type { Engine } from '../engine.ts'
import { figures, laneName, verdict } from './verdict.ts'

const labels = { preparing: 'Start', ready: 'Start', racing: 'Pause', held: 'Go on', over: 'Again' } as const

/** What stands in place of the figures until there are some. */
const told: Partial<Record<BackendRaceRow['phase'], string>> = {
  waiting: 'Waits for its turn to compile.',
  compiling: 'Compiling, and the first step: on no clock.',
  ready: 'Ready at the start line.',
}

interface Bar {
  readonly element: HTMLElement
  show(row: BackendRaceRow, finish: number | undefined): void
}

function createBar(): Bar {
  const name = element('h3')
  const adapter = element('p', { class: 'muted' })
  const fill = element('div', { class: 'race-fill' })
  const track = element('div', { class: 'race-track', role: 'progressbar', 'aria-valuemin': 0 }, fill)
  const message = element('p', { class: 'race-message' })
  const values = element('dl', { class: 'race-figures' })
  return {
    element: element('li', {}, element('div', { class: 'race-head' }, name, adapter), track, message, values),
    show(row, finish) {
      const { phase, steps } = row
      const title = laneName(row)
      setText(name, title)
      setText(adapter, row.adapter)
      track.setAttribute('aria-label', `${title}: steps done`)
      track.setAttribute('aria-valuenow', String(Math.floor(steps)))
      if (finish !== undefined) track.setAttribute('aria-valuemax', String(finish))
      track.classList.toggle('with-finish', finish !== undefined)
      fill.style.width = finish === undefined ? '0' : `${Math.min(100, (100 * steps) / finish)}%`
      const text = phase === 'out' ? `Out: ${sentence(row.error ?? 'it failed')}` : told[phase]
      message.hidden = text === undefined
      values.hidden = text !== undefined
      setText(message, text ?? '')
      if (text !== undefined) return
      const shown = figures(row, finish)
      if (values.childElementCount === 0)
        values.append(...shown.map(([term]) => element('div', {}, element('dt', {}, term), element('dd'))))
      for (const [index, value] of values.querySelectorAll('dd').entries()) setText(value, shown[index][1])
    },
  }
}

export function createRaceDialog(engine: Engine): Dialog {
  const bars: Bar[] = []
  const lanes = element('ol', { class: 'race-lanes' })
  const words = element('p', { class: 'race-verdict' })
  const heard = element('p', { role: 'status', class: 'visually-hidden' })
  let phase: BackendRaceState['phase'] = 'preparing'
  /** Counts races: an earlier one says nothing any more. */
  let races = 0
  const act = button('Start', press, 'primary', { autofocus: true })

  function press(): void {
    if (phase === 'over') void race(false)
    else if (phase === 'racing') engine.steerRace('hold')
    else {
      engine.steerRace('go')
      if (phase === 'preparing') setText(act, 'Starts when all are ready')
    }
  }

  function show(state: BackendRaceState): void {
    const { rows, finish } = state
    while (bars.length < rows.length) {
      const bar = createBar()
      bars.push(bar)
      lanes.append(bar.element)
    }
    for (const bar of bars.splice(rows.length)) bar.element.remove()
    for (const [index, row] of rows.entries()) bars[index].show(row, finish)
    const text = verdict(state)
    setText(words, text)
    if (state.phase === phase) return
    phase = state.phase
    setText(act, labels[phase])
    if (phase === 'ready') setText(heard, 'All are ready.')
    if (phase === 'over') setText(heard, text)
  }

  async function race(held: boolean): Promise<void> {
    const number = ++races
    const isPresent = () => number === races && dialog.element.open
    phase = 'preparing'
    setText(act, held ? labels.preparing : 'Starts when all are ready')
    setText(words, '')
    setText(heard, '')
    try {
      await engine.raceBackends({ held }, (state) => {
        if (isPresent()) show(state)
      })
    } catch (fault) {
      if (!isPresent()) return
      // something else was done with the page
      if (codeOf(fault) === 'obsolete') return dialog.element.close()
      phase = 'over'
      setText(act, labels.over)
      setText(words, sentence(errorOf(fault).message))
      setText(heard, words.textContent)
    }
  }

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && phase === 'racing') engine.steerRace('hold')
  })

  const dialog = createDialog(
    'Race: CPU against GPU',
    [
      lanes,
      words,
      element('div', { class: 'dialog-row' }, act),
      element(
        'p',
        { class: 'race-rules' },
        'Each computes the same steps of this lab, with its present values and the same seed. They compute in short turns, ' +
          'so that none takes the processor from another, and each clock runs only in its own turn. Whoever has all steps ' +
          'first ends the race. The run of the lab waits meanwhile.',
      ),
      heard,
    ],
    {
      onOpen() {
        // the dialog is open then
        queueMicrotask(() => void race(true))
      },
      onClose() {
        races++
        engine.steerRace('end')
      },
    },
  )
  dialog.element.classList.add('race')
  return dialog
}
