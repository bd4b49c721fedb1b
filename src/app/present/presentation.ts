/**
 * Present mode: the panels of the step on the whole screen, under them the sliders that the step names
 * (stepSliders.ts), its title and its caption. The page below stays as it is, and comes back when the mode is left.
 */
import './present.css'
import './page.css'
import type { Control } from '../control.ts'
import { element, iconButton, setText, watch } from '../dom.ts'
import { isStill, type State } from '../state.ts'
import { createPlayButton, position } from '../transport.ts'
import { createPointer } from './pointer.ts'
import { listenToSwipes } from './swipe.ts'
import { createWakeLock } from './wakeLock.ts'

export interface Presentation {
  show(on: boolean): void
  /** Does what a key means in the mode; false where it means nothing. Letters are small. */
  key(key: string): boolean
}

/** The buttons at the right end of the title's row. */
function createControls(state: State, control: Control, toggleCaption: () => void): HTMLElement {
  const where = element('p', { class: 'position' })
  const play = createPlayButton(state, control)
  watch(() => {
    setText(where, position(state))
    play.hidden = where.hidden = isStill(state)
  })
  return element(
    'div',
    { class: 'present-controls' },
    play,
    where,
    iconButton('caption', 'Show or hide the caption', toggleCaption, 'Caption (c)'),
    iconButton('close', 'Leave present mode', () => control.setPresent(false), 'Leave (Escape)'),
  )
}

/** The black screen: a click or any key takes it away. */
function createBlack(): HTMLElement {
  const black: HTMLElement = element('div', {
    class: 'black-screen',
    hidden: true,
    onclick: () => {
      black.hidden = true
    },
  })
  document.body.append(black)
  return black
}

export function createPresentation(state: State, control: Control, story: HTMLElement): Presentation {
  const root = document.documentElement
  const toggleCaption = () => root.classList.toggle('caption-hidden')
  const controls = createControls(state, control, toggleCaption)
  const black = createBlack()
  const pointer = createPointer()
  const wakeLock = createWakeLock()
  listenToSwipes(story, (by) => {
    if (state.present.peek()) control.travel(by)
  })

  const keys: Readonly<Record<string, () => void>> = {
    escape: () => control.setPresent(false),
    c: toggleCaption,
    l: () => pointer.toggleDot(),
    b: darken,
    '.': darken,
  }
  function darken(): void {
    black.hidden = false
    const focused = document.activeElement
    if (focused instanceof HTMLElement) focused.blur()
  }

  return {
    show(on) {
      if (root.classList.contains('presenting') === on) return
      root.classList.toggle('presenting', on)
      // the page's own heading is hidden meanwhile
      if (on) story.querySelector('h2')?.setAttribute('aria-level', '1')
      else story.querySelector('h2')?.removeAttribute('aria-level')
      wakeLock.hold(on)
      if (on) {
        story.querySelector('.story-head')?.append(controls)
        return
      }
      controls.remove()
      root.classList.remove('caption-hidden')
      black.hidden = true
      pointer.end()
    },
    key(key) {
      if (!black.hidden) {
        black.hidden = true
        return true
      }
      keys[key]?.()
      return key in keys
    },
  }
}
