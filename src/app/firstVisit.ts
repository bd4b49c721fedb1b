/** Whether somebody is here for the first time: then the page says in four hints what it is and what to drag. */
import { loadPart } from '../part.ts'
import { watch } from './dom.ts'
import type { Notices } from './notices.ts'
import { partNotice } from './parts.ts'
import type { State } from './state.ts'

const key = 'natlab.hints'

/** A browser may forbid to store anything. Then a visit is no first one: hints that come each time are worse than none. */
function isFirst(): boolean {
  try {
    if (localStorage.getItem(key)) return false
    localStorage.setItem(key, 'seen')
    return localStorage.getItem(key) === 'seen'
  } catch {
    return false
  }
}

/** A link to a step, to values or to present mode has its own purpose. One to a lab or in a theme has none. */
function isPlain(address: string): boolean {
  const names = address.match(/[\w.]+(?==)|\bpresent\b/g) ?? []
  return names.every((name) => ['lab', 'theme'].includes(name))
}

/** Shows the hints once, after the first picture. Returns a function that shows them again. */
export function createFirstVisit(state: State, notices: Notices, address: string): () => void {
  const show = async () => {
    try {
      const load = () => import('./hints/hints.ts')
      const { showHints } = await loadPart('The code for the hints', load)
      showHints(state)
    } catch (fault) {
      notices.show(await partNotice(fault as Error, () => void show()))
    }
  }
  let decided = !isPlain(address)
  watch(() => {
    if (decided || state.busy.value || !state.frames.shown.value || state.failure.value) return
    decided = true
    if (!state.present.peek() && isFirst()) void show()
  })
  return () => void show()
}
