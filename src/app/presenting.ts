/**
 * Present mode: the step of the story fills the screen. Its code is loaded when it is first needed; the full screen is
 * asked for here, because browsers grant it only right after a key or a click.
 */
import { loadPart } from '../part.ts'
import type { Control } from './control.ts'
import { watch } from './dom.ts'
import type { Notices } from './notices.ts'
import { partNotice } from './parts.ts'
import type { Presentation } from './present/presentation.ts'
import type { State } from './state.ts'

export interface Presenting {
  /** Does what this key means while presenting; false where it means nothing. */
  key(key: string): boolean
}

/** The browser's full screen. `left` is called when the browser leaves a full screen that was asked for here. */
function createFullScreen(left: () => void) {
  const root = document.documentElement
  let own = false
  let tried = false
  addEventListener('fullscreenchange', () => {
    if (document.fullscreenElement) return
    if (own) left()
    own = false
  })
  return {
    /** Asks for it once; false where that was done, it is not permitted now, or there is one already. */
    ask(): boolean {
      if (tried || !document.fullscreenEnabled || !navigator.userActivation?.isActive) return false
      tried = true
      if (document.fullscreenElement) return false
      root.requestFullscreen().then(
        () => {
          own = tried
          // the mode was left meanwhile
          if (!own) void document.exitFullscreen()
        },
        () => undefined,
      )
      return true
    },
    leave() {
      if (own && document.fullscreenElement) void document.exitFullscreen()
      own = tried = false
    },
  }
}

export function createPresenting(
  state: State,
  control: Control,
  notices: Notices,
  story: HTMLElement,
): Presenting {
  const leave = () => {
    if (state.present.peek()) control.setPresent(false)
  }
  const screen = createFullScreen(leave)
  let presentation: Presentation | undefined

  async function load(): Promise<void> {
    try {
      const code = await loadPart('The code for presenting', () => import('./present/presentation.ts'))
      presentation ??= code.createPresentation(state, control, story)
      presentation.show(state.present.peek())
    } catch (fault) {
      leave()
      notices.show(await partNotice(fault as Error, () => control.setPresent(true)))
    }
  }
  watch(() => {
    const on = state.present.value
    if (on) screen.ask()
    else screen.leave()
    if (presentation) presentation.show(on)
    else if (on) void load()
  })
  return {
    key(key) {
      if (!state.present.peek()) return false
      // a link cannot have the full screen: the first key can
      if (key !== 'escape' && screen.ask() && key === 'f') return true
      return presentation?.key(key) ?? false
    },
  }
}
