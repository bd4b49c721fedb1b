/**
 * A symbol of a caption lights the curve that it names, and a curve its symbols: by the mouse, by the focus, or by a click
 * that stays. Whatever names a curve or is one has the words of the curve in `data-curve` (stage/standing.ts).
 */
import type { Stage } from '../../stage/contract.ts'
import { isMeant } from '../../stage/standing.ts'

/** Milliseconds for which the pointer stays on a symbol before its curve is lit: it may be on its way. */
const pause = 80

let stage: Stage | null
/** What lights now. */
let source: HTMLElement | undefined
let curve: string | undefined
/** What lights while the pointer is on nothing: it was clicked, or has the focus. */
let held: HTMLElement | undefined
let waiting: ReturnType<typeof setTimeout> | undefined

const sourceOf = (target: EventTarget | null) =>
  target instanceof Element ? (target.closest<HTMLElement>('[data-curve]') ?? undefined) : undefined

function light(by: HTMLElement | undefined): void {
  clearTimeout(waiting)
  const asked = by?.dataset.curve
  if (by === source && asked === curve) return
  // whoever points at a curve compares it with the others in its picture
  const pointed = by?.matches('.stage-plot')
  const seen = stage?.standOut(pointed ? undefined : asked) || pointed
  // what is not drawn yet is looked for again
  source = seen ? by : undefined
  curve = asked
  for (const one of document.querySelectorAll<HTMLElement>('[data-curve]:not(.stage-plot)')) {
    const own = one.dataset.curve
    one.classList.toggle('lit', Boolean(seen) && (isMeant(own, asked) || isMeant(asked, own)))
  }
}

function hold(by: HTMLElement | undefined): void {
  held = by
  light(by)
}

/** Lights what this names or is. `brief` ends when the pointer goes away. */
export function open(by: HTMLElement, brief: boolean, on: Stage | null): void {
  stage = on
  if (brief) light(by)
  else hold(by)
}

addEventListener('pointermove', ({ target, pointerType }) => {
  if (pointerType === 'touch') return
  const over = sourceOf(target) ?? (held?.isConnected ? held : undefined)
  if (over === source && over?.dataset.curve === curve) return clearTimeout(waiting)
  clearTimeout(waiting)
  waiting = setTimeout(light, pause, over)
})
addEventListener('focusin', ({ target }) => {
  if (target instanceof Element && target.matches(':focus-visible')) hold(sourceOf(target))
})
addEventListener('click', ({ target }) => {
  const clicked = sourceOf(target)
  hold(clicked?.matches('button') ? clicked : undefined)
})
