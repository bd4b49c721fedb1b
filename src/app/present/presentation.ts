/**
 * Present mode: the panels of the step on the whole screen, under them the sliders that the step names, its title and
 * its caption. The page below stays as it is, and comes back when the mode is left.
 */
import './present.css'
import './page.css'
import { computed } from '@preact/signals-core'
import type { Parameter } from '../../labs/parameter.ts'
import type { Control } from '../control.ts'
import { element, iconButton, setText, watch } from '../dom.ts'
import type { Notices } from '../notices.ts'
import { createParameters } from '../panel.ts'
import { isStill, type State, toldPlace } from '../state.ts'
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

export function createPresentation(
  state: State,
  control: Control,
  notices: Notices,
  story: HTMLElement,
): Presentation {
  const root = document.documentElement
  const toggleCaption = () => root.classList.toggle('caption-hidden')
  const controls = createControls(state, control, toggleCaption)
  const sliders = element('section', { class: 'present-sliders', 'aria-label': 'Parameters of the step' })
  const black = createBlack()
  const pointer = createPointer()
  const wakeLock = createWakeLock()
  listenToSwipes(story, (by) => {
    if (state.present.peek()) control.travel(by)
  })

  /** The parameters that the step talks about, in its order. */
  const named = computed(() => {
    const { parameters } = state.lab.value
    const ids = toldPlace(state)?.step.sliders ?? []
    return ids.flatMap((id): Parameter[] => parameters.filter((one) => one.id === id))
  })
  let endSliders: (() => void) | undefined

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
        story.before(sliders)
        endSliders = createParameters(state, control, notices, sliders, () => named.value)
        return
      }
      endSliders?.()
      controls.remove()
      sliders.remove()
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
