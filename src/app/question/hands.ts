/** A show of hands: counts beside the answers, in rounds. Nothing leaves the machine. */
import { numberOf } from '../../labs/numberText.ts'
import { button, element, setText, watch } from '../dom.ts'
import type { State } from '../state.ts'
import { counted, most, sum } from './rounds.ts'

/**
 * Puts a count and bars below each place of an answer. Returns the button that begins to count, and a function that ends
 * all this.
 */
export function createHands(
  places: readonly HTMLElement[],
  state: State,
  set: (rounds: State['hands']['value']) => void,
) {
  const add = (index: number) => set(counted(state.hands.peek(), index, (count) => count + 1))
  const rows = places.map((place, index) => {
    const field = element('input', {
      type: 'text',
      inputmode: 'numeric',
      class: 'hands-count',
      'aria-label': `Hands for answer ${index + 1}`,
      onchange: () => {
        const typed = numberOf(field.value, (value) => Number.isInteger(value) && value >= 0 && value <= most)
        set(counted(state.hands.peek(), index, (count) => (Number.isInteger(typed) ? Number(typed) : count)))
        field.value = String(state.hands.peek().at(-1)?.[index] ?? 0)
      },
    })
    const bars = element('div', { class: 'hands-bars', 'aria-hidden': 'true' })
    const plus = button('+1', () => add(index), 'hands-add', {
      'aria-label': `+1 hand for answer ${index + 1}`,
      title: `One more (key ${index + 1})`,
    })
    const row = element('div', { class: 'hands' }, bars, field, plus)
    place.append(row)
    return { row, field, bars }
  })
  const start = button('Count hands', () => set([places.map(() => 0)]), 'quiet')
  const end = watch(() => {
    const rounds = state.hands.value
    start.hidden = rounds.length > 0
    const largest = Math.max(1, ...rounds.map(sum))
    for (const [index, { row, field, bars }] of rows.entries()) {
      row.hidden = rounds.length === 0
      const text = String(rounds.at(-1)?.[index] ?? 0)
      if (document.activeElement !== field) field.value = text
      while (bars.children.length > rounds.length) bars.lastElementChild?.remove()
      while (bars.children.length < rounds.length) bars.append(element('span', { class: 'hands-bar' }))
      for (const [round, counts] of rounds.entries()) {
        const bar = bars.children[round] as HTMLElement
        bar.style.setProperty('--share', String(counts[index] / largest))
        setText(bar, rounds.length > 1 ? String(counts[index]) : '')
      }
    }
  })
  const keys = new AbortController()
  addEventListener(
    'keydown',
    (event) => {
      const index = Number(event.key) - 1
      if (
        state.hands.peek().length === 0 ||
        !places[index]?.isConnected ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      )
        return
      if (event.target instanceof Element && event.target.closest('input, textarea, select, dialog')) return
      event.preventDefault()
      add(index)
    },
    { signal: keys.signal },
  )
  return {
    start,
    dispose() {
      end()
      keys.abort()
      set([])
    },
  }
}
