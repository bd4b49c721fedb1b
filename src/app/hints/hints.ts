/** Four hints on the live page, one after the other, each beside the thing that it is about. Nothing is blocked. */
import './hints.css'
import { say } from '../announcer.ts'
import { button, element, setText, watch } from '../dom.ts'
import { keepText, keptText } from '../kept.ts'
import { type State, storyIndex } from '../state.ts'

interface Hint {
  readonly text: (state: State) => string
  /** What it is about: the first of these that is on the page. */
  readonly about: (state: State) => readonly string[]
}

/** The slider that the step names, or else the first one. */
function sliders({ lab }: State, step: number): readonly string[] {
  const { story } = lab.peek()
  return [...(story[step]?.sliders ?? []).map((id) => `[data-parameter="${id}"] .slider`), '.slider']
}

const hints: readonly Hint[] = [
  {
    text: () =>
      'natlab shows ideas of deep learning. Your own machine computes every number and every picture, now.',
    about: () => ['.stage-panel', '.room'],
  },
  {
    text: () => 'The story says what you see, step by step. Many steps ask a question: answer it, then look.',
    about: () => ['.story'],
  },
  {
    text: () => 'Drag this slider. The numbers and the pictures follow.',
    about: (state) => sliders(state, storyIndex(state)),
  },
  {
    text: ({ labs }) =>
      `There are ${labs.length} labs. The button with the screen, or the key f, is for a lecture: one step fills the screen.`,
    about: () => ['.labs'],
  },
]

/** Pixels between the bubble and its thing, and the edge of the window. */
const gap = 10

/** A place beside the thing: at its left, below or above it, or in it where it fills the window. */
function placeBeside(bubble: HTMLElement, thing: Element): void {
  const { left, top, right, bottom } = thing.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = bubble
  const clampX = (x: number) => Math.max(gap, Math.min(x, innerWidth - width - gap))
  const clampY = (y: number) => Math.max(gap, Math.min(y, innerHeight - height - gap))
  const places = [
    { fits: left - width - gap >= innerWidth / 3, x: left - width - gap, y: (top + bottom - height) / 2 },
    { fits: top - height - gap >= 0, x: left + gap, y: top - height - gap },
    { fits: bottom + height + gap <= innerHeight, x: left, y: bottom + gap },
  ]
  const { x, y } = places.find(({ fits }) => fits) ?? { x: right - width - gap, y: bottom - height - gap }
  bubble.style.left = `${clampX(x)}px`
  bubble.style.top = `${clampY(y)}px`
}

const key = 'natlab.hints'

/** A browser may forbid to store anything. Then a visit is no first one: hints that come each time are worse than none. */
function isFirst(): boolean {
  const seen = keptText(key)
  return keepText(key, 'seen') && seen === null && keptText(key) === 'seen'
}

let end: (() => void) | undefined

/** Shows the first hint, at a first visit or `again`; Escape, the button and present mode end them all. */
export function showHints(state: State, again: boolean): void {
  if (!again && !isFirst()) return
  end?.()
  const listeners = new AbortController()
  const { signal } = listeners
  const text = element('p')
  const counter = element('span', { class: 'small muted' })
  const next = button('Next', () => show(shown + 1), 'primary')
  const skip = button('Skip', () => end?.(), 'quiet', { title: 'Skip the hints (Escape)' })
  const bubble = element(
    'section',
    { class: 'hint', 'aria-label': 'First hints' },
    text,
    element('div', { class: 'hint-tools' }, counter, skip, next),
  )
  let shown = -1
  let thing: Element | undefined
  const place = () => thing && placeBeside(bubble, thing)
  const mark = (about: Element | undefined) => {
    thing?.classList.remove('hinted')
    thing = about
    thing?.classList.add('hinted')
  }

  function show(index: number): void {
    const hint = hints[index]
    if (!hint) {
      end?.()
      return
    }
    shown = index
    const found = hint.about(state).flatMap((selector) => [...document.querySelectorAll(selector)])
    mark(found.find((one) => one.getClientRects().length > 0))
    // the first one must not take the title away
    if (index > 0) thing?.scrollIntoView({ block: 'nearest' })
    setText(text, hint.text(state))
    say(hint.text(state))
    setText(counter, `${index + 1} of ${hints.length}`)
    const last = index === hints.length - 1
    setText(next, last ? 'Done' : 'Next')
    skip.hidden = last
    place()
  }

  const leave = watch(() => {
    if (state.present.value) queueMicrotask(() => end?.())
  })
  end = () => {
    end = undefined
    listeners.abort()
    leave()
    mark(undefined)
    bubble.remove()
  }
  addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Escape' && !document.querySelector('dialog[open]')) end?.()
    },
    { signal },
  )
  addEventListener('resize', place, { signal })
  addEventListener('scroll', place, { signal, capture: true, passive: true })
  document.getElementById('app')!.append(bubble)
  show(0)
}
