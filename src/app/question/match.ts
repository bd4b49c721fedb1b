/** Things to match with values: drag a thing to its value, or choose first the one and then the other. */
import type { Matching } from '../../labs/story.ts'
import { say } from '../announcer.ts'
import { button, element, setHtml, setText } from '../dom.ts'
import type { Context, Input } from './input.ts'

export function createMatch({ match }: Matching, { evidence, answered }: Context): Input {
  const { things, values, metric, truths, reason } = match
  /** For each thing the index of its value; −1 for none yet. */
  let places = things.map(() => -1)
  let held = -1

  const truth = () => truths.find(({ equals }) => equals === evidence()?.metrics[metric])?.places
  const put = (thing: number, value: number) => {
    // the thing that was there goes back, or changes places
    const other = places.indexOf(value)
    if (other >= 0) places[other] = places[thing]
    places[thing] = value
    held = -1
    say(`${things[thing]} is at value ${value + 1} of ${values.length}.`)
    draw()
  }

  const tokens = things.map((name, thing) => {
    const token = element(
      'button',
      {
        type: 'button',
        class: 'button match-thing',
        draggable: 'false',
        onclick: () => {
          held = held === thing ? -1 : thing
          draw()
        },
      },
      name,
    )
    token.addEventListener('pointerdown', (event) => {
      const from = { x: event.clientX, y: event.clientY }
      const moved = (to: PointerEvent) => {
        token.classList.add('dragged')
        token.style.translate = `${to.clientX - from.x}px ${to.clientY - from.y}px`
      }
      const ended = new AbortController()
      const { signal } = ended
      token.setPointerCapture(event.pointerId)
      token.addEventListener(
        'pointermove',
        (to) => {
          if (token.classList.contains('dragged') || Math.hypot(to.clientX - from.x, to.clientY - from.y) > 6)
            moved(to)
        },
        { signal },
      )
      const end = (to: PointerEvent) => {
        ended.abort()
        const dragged = token.classList.contains('dragged')
        token.classList.remove('dragged')
        token.style.translate = ''
        if (!dragged) return
        // the click that follows a drag chooses nothing
        token.addEventListener('click', (click) => click.stopImmediatePropagation(), {
          once: true,
          capture: true,
        })
        const under = document.elementsFromPoint(to.clientX, to.clientY)
        const slot = slots.findIndex(({ node }) => under.includes(node))
        if (slot >= 0) put(thing, slot)
      }
      token.addEventListener('pointerup', end, { signal })
      token.addEventListener('pointercancel', () => end(event), { signal })
    })
    return token
  })
  const slots = values.map((html, value) => {
    const name = element('span', { class: 'match-value' })
    setHtml(name, html)
    const empty = button('', () => (held >= 0 ? put(held, value) : undefined), 'match-place')
    return { name, empty, node: element('div', { class: 'match-slot' }) }
  })
  const pool = element('div', { class: 'match-pool', role: 'group', 'aria-label': 'Not placed yet' })
  const check = button('Check', answered, 'quiet')

  function draw(): void {
    const focused = document.activeElement
    pool.replaceChildren(...tokens.filter((_, thing) => places[thing] < 0))
    for (const [value, { name, empty, node }] of slots.entries()) {
      const thing = places.indexOf(value)
      setText(empty, held >= 0 ? `Put ${things[held]} here` : 'empty')
      node.classList.remove('right', 'wrong')
      node.replaceChildren(name, tokens[thing] ?? empty)
    }
    for (const [thing, token] of tokens.entries()) token.setAttribute('aria-pressed', String(held === thing))
    check.disabled = places.includes(-1)
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true })
  }
  draw()

  return {
    element: element('div', { class: 'match' }, pool, ...slots.map(({ node }) => node), check),
    known: () => truth() !== undefined,
    truth: () => String(truth()),
    judge() {
      const wanted = truth() ?? []
      for (const [thing, value] of places.entries())
        slots[value].node.classList.add(wanted[thing] === value ? 'right' : 'wrong')
      return { right: places.every((value, thing) => value === wanted[thing]), reasons: [reason] }
    },
    show() {
      places = [...(truth() ?? places)]
      draw()
      for (const { node } of slots) node.classList.add('right')
      return { right: true, reasons: [reason] }
    },
    clear() {
      places = things.map(() => -1)
      held = -1
      draw()
    },
  }
}
