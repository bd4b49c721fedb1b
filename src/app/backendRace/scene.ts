/** The race of backends as a scene for a lecture: a bar for each, on the whole window. */
import './backendRace.css'
import { type BackendRaceRow, type BackendRaceState, usualSeconds } from '../../engine/raceProtocol.ts'
import { codeOf, errorOf, sentence } from '../../faults.ts'
import { rowName } from '../compare/names.ts'
import { createDialog, type Dialog } from '../dialog.ts'
import { button, element, setText } from '../dom.ts'
import type { Engine } from '../engine.ts'
import { figures, outBecause, remark, spoken, verdict } from './verdict.ts'

const labels = { preparing: 'Start', ready: 'Start', racing: 'Pause', held: 'Go on', over: 'Again' } as const

/** Seconds that the fastest takes. */
const lengths = [1, usualSeconds, 15]

/** What stands in place of the figures until there are some. */
const told: Partial<Record<BackendRaceRow['phase'], string>> = {
  waiting: 'Waits for its turn to compile.',
  compiling: 'Compiling, and the first step: on no clock.',
  ready: 'Ready at the start line.',
}

interface Bar {
  readonly element: HTMLElement
  /** @param whole steps that the whole bar stands for */
  show(row: BackendRaceRow, whole: number, finish: number | undefined): void
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
    show(row, whole, finish) {
      const { phase, steps } = row
      const title = rowName(row)
      setText(name, title)
      setText(adapter, row.adapter)
      track.setAttribute('aria-label', `${title}: steps done`)
      track.setAttribute('aria-valuenow', String(Math.floor(steps)))
      if (finish !== undefined) track.setAttribute('aria-valuemax', String(finish))
      track.classList.toggle('with-finish', finish !== undefined)
      fill.style.width = `${Math.min(100, (100 * steps) / whole)}%`
      const text = phase === 'out' ? outBecause(row) : told[phase]
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
  const beside = element('p', { class: 'race-remark' })
  const heard = element('p', { role: 'status', class: 'visually-hidden' })
  let phase: BackendRaceState['phase'] = 'preparing'
  /** Counts races: an earlier one says nothing any more. */
  let races = 0
  const length = element(
    'select',
    { 'aria-label': 'Time of the fastest' },
    ...lengths.map((seconds) =>
      element('option', { value: seconds, selected: seconds === usualSeconds }, `about ${seconds} s`),
    ),
  )
  const act = button('Start', press, 'primary', { autofocus: true })

  function press(): void {
    if (phase === 'over') void race(false)
    else if (phase === 'racing') engine.steerRace('hold')
    else {
      engine.steerRace('go', Number(length.value))
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
    // until the line is drawn, the bars stand where they will about stand then
    const rates = rows.map(({ steps, milliseconds }) => (milliseconds > 0 ? steps / milliseconds : 0))
    const whole = finish ?? Math.max(1, 1000 * Number(length.value) * Math.max(...rates))
    for (const [index, row] of rows.entries()) bars[index].show(row, whole, finish)
    setText(words, verdict(state))
    setText(beside, remark(state))
    if (state.phase === phase) return
    phase = state.phase
    setText(act, labels[phase])
    length.disabled = phase === 'racing' || phase === 'held'
    if (phase === 'ready') setText(heard, 'All are ready.')
    if (phase === 'over') setText(heard, spoken(state))
  }

  function clear(): void {
    bars.length = 0
    lanes.replaceChildren()
  }

  async function race(held: boolean): Promise<void> {
    const number = ++races
    const isPresent = () => number === races && dialog.element.open
    phase = 'preparing'
    clear()
    setText(act, held ? labels.preparing : 'Starts when all are ready')
    setText(words, '')
    setText(beside, '')
    setText(heard, '')
    try {
      await engine.raceBackends({ held, seconds: Number(length.value) }, (state) => {
        if (isPresent()) show(state)
      })
    } catch (fault) {
      if (!isPresent()) return
      // a state may still be on its way
      races++
      // something else was done with the page
      if (codeOf(fault) === 'obsolete') return dialog.element.close()
      phase = 'over'
      clear()
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
      beside,
      element(
        'div',
        { class: 'race-foot' },
        element('div', { class: 'dialog-row' }, act, element('div', { class: 'select' }, length)),
        element(
          'p',
          {},
          'Each computes the same steps of this lab, from the same seed. They take short turns, so that none takes the ' +
            'processor from another, and a clock runs only in its own turn. The first one home ends the race. The lab’s ' +
            'own run waits.',
        ),
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
