/**
 * What a marked word means, and what a parameter does: one box for all, opened by the mouse, by the focus or by a
 * finger. Escape closes it, or a click elsewhere. The pointer may move into it.
 */
import './words.css'
import { wordsIn } from '../../labs/glossary.ts'
import { element } from '../dom.ts'

/** Milliseconds in which the pointer may cross the gap between the word and its box. */
const grace = 200
/** Milliseconds for which the pointer stays on a word before its box opens: it may be on its way. */
const pause = 150
/** Words of a help text that are explained below it. */
const mostWords = 3
const gap = 6

const box = element('div', { class: 'explanation', id: 'explanation', role: 'tooltip', hidden: true })
// inside a landmark, as all content is
document.getElementById('main')!.append(box)

let opener: HTMLElement | undefined
/** A click has opened it: the pointer may go away. */
let stays = false
let opening: ReturnType<typeof setTimeout> | undefined
let closing: ReturnType<typeof setTimeout> | undefined

/** A new step takes its words away. */
const leaving = new MutationObserver(() => {
  if (opener && !opener.isConnected) close()
})

const openerOf = (target: EventTarget | null) =>
  target instanceof Element ? (target.closest<HTMLElement>('.word, .row-help') ?? undefined) : undefined

function line(name: string, says: string): HTMLElement {
  return element('p', {}, element('strong', {}, name), `: ${says}`)
}

function contentOf({ dataset: { help, lab }, textContent }: HTMLElement): readonly HTMLElement[] {
  const words = wordsIn(help ?? textContent, lab).slice(0, mostWords)
  const lines = words.map(({ word: { name, says } }) => line(name, says))
  return help === undefined ? lines : [element('p', {}, help), ...lines]
}

function place(): void {
  if (!opener) return
  const { left, top, bottom } = opener.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const above = top - height - gap
  box.style.left = `${Math.max(gap, Math.min(left, innerWidth - width - gap))}px`
  box.style.top = `${above >= gap ? above : Math.min(bottom + gap, innerHeight - height - gap)}px`
}

/** Whether it is in what its scrolled place shows. */
function isInView(one: HTMLElement, scrolled: Node): boolean {
  const { top, bottom } = one.getBoundingClientRect()
  const shown =
    scrolled instanceof Element ? scrolled.getBoundingClientRect() : { top: 0, bottom: innerHeight }
  return top < shown.bottom && bottom > shown.top
}

/** Shows what belongs to this word or sign. `brief` ends when the pointer goes away. */
export function open(by: HTMLElement, brief = false): void {
  clearTimeout(closing)
  if (!by.isConnected) return
  if (!brief) stays = true
  if (by === opener) return
  close()
  opener = by
  stays = !brief
  box.replaceChildren(...contentOf(by))
  box.hidden = false
  by.setAttribute('aria-describedby', box.id)
  leaving.observe(document.getElementById('app')!, { childList: true, subtree: true })
  place()
}

function close(): void {
  clearTimeout(opening)
  clearTimeout(closing)
  opener?.removeAttribute('aria-describedby')
  leaving.disconnect()
  opener = undefined
  stays = false
  box.hidden = true
}

// not when it enters: a new caption may have put a word under a pointer that rests where the reader clicks next
addEventListener('pointermove', ({ target, pointerType }) => {
  if (pointerType === 'touch') return
  clearTimeout(opening)
  const over = openerOf(target)
  if (over === opener || (target instanceof Node && box.contains(target))) clearTimeout(closing)
  if (over && over !== opener) opening = setTimeout(open, pause, over, true)
})
addEventListener('pointerout', ({ target, pointerType }) => {
  if (pointerType === 'touch') return
  clearTimeout(opening)
  const left = openerOf(target) === opener || (target instanceof Node && box.contains(target))
  if (!opener || stays || !left) return
  clearTimeout(closing)
  closing = setTimeout(close, grace)
})
addEventListener('focusin', ({ target }) => {
  const focused = openerOf(target)
  if (focused?.matches(':focus-visible')) open(focused)
})
addEventListener('focusout', ({ target }) => {
  if (opener && target === opener) close()
})
addEventListener('click', ({ target }) => {
  const clicked = openerOf(target)
  if (clicked) {
    open(clicked)
  } else if (target instanceof Node && !box.contains(target)) close()
})
addEventListener(
  'keydown',
  (event) => {
    if (event.key !== 'Escape' || !opener) return
    // present mode, the hints and a chart have their own meaning of the key
    event.stopImmediatePropagation()
    event.preventDefault()
    close()
  },
  { capture: true },
)
addEventListener(
  'scroll',
  ({ target }) => {
    if (!(target instanceof Node) || !opener || !target.contains(opener)) return
    // the focus may have scrolled it into view
    if (opener === document.activeElement && isInView(opener, target)) place()
    else close()
  },
  { capture: true, passive: true },
)
addEventListener('resize', close)
