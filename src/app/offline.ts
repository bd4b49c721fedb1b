/** Lets the browser keep the page for visits without a network (offline/keeping.ts), once nothing else is waited for. */
import { watch } from './dom.ts'
import type { Notices } from './notices.ts'
import type { Keeping } from './offline/keeping.ts'
import type { State } from './state.ts'

/** Milliseconds after which it begins in a page that is never idle. */
const patience = 20_000

/** Returns a function that gives what is kept. */
export function createOffline(state: State, notices: Notices): () => Promise<Keeping> {
  let loading: Promise<Keeping> | undefined
  const load = () => {
    loading ??= import('./offline/keeping.ts').then(({ createKeeping }) => createKeeping(state, notices))
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }
  // where it does not arrive, the next visit begins again
  const begin = () =>
    void load().then(
      (keeping) => keeping.begin(),
      () => undefined,
    )
  let begun = false
  watch(() => {
    if (begun || state.busy.value || !state.frames.shown.value) return
    begun = true
    // Safari does not say when it is idle
    if ('requestIdleCallback' in window) requestIdleCallback(begin, { timeout: patience })
    else setTimeout(begin, patience / 10)
  })
  return load
}
