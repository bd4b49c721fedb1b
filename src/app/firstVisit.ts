/** Four hints that say what the page is and what to drag: at the first visit, and again from the help. */
import { watch } from './dom.ts'
import { lazily } from './lazily.ts'
import type { Notices } from './notices.ts'
import type { State } from './state.ts'

/** A link that names a lab or a theme, and nothing else, has no purpose of its own. */
const plain = /^[?#]?(lab=\w*)?(&?theme=\w*)?$/

/** Shows the hints once, after the first picture. Returns a function that shows them again. */
export function createFirstVisit(state: State, notices: Notices, address: string): () => void {
  const show = (again: boolean) =>
    void lazily(
      'The code for the hints',
      () => import('./hints/hints.ts'),
      ({ showHints }) => showHints(state, again),
      notices,
    )
  let decided = !plain.test(address)
  watch(() => {
    if (decided || state.busy.value || !state.frames.shown.value || state.present.value) return
    decided = true
    show(false)
  })
  return () => show(true)
}
