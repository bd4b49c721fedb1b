/** Opens the presenter window of this page. All else of the page's side is loaded when it is first needed (page.ts). */
import { loadPart } from '../../part.ts'
import type { Control } from '../control.ts'
import { keptText } from '../kept.ts'
import type { Notices } from '../notices.ts'
import { partNotice } from '../parts.ts'
import type { State } from '../state.ts'
import type { PageSide } from './page.ts'
import { newPair, pairOfWindow, presenterWindowName, windowNameKey } from './protocol.ts'

/**
 * Returns the function that opens the window. A page that had one before it was loaded anew is connected at once.
 * `darken` makes a presented page black, or brings it back.
 */
export function createPresenter(
  state: State,
  control: Control,
  notices: Notices,
  darken: () => void,
): () => void {
  let pair = pairOfWindow(window.name || (keptText(windowNameKey, 'sessionStorage') ?? ''))
  let side: PageSide | undefined

  async function connect(opened?: Window | null): Promise<void> {
    try {
      const { createPageSide } = await loadPart(
        'The code for the presenter window',
        () => import('./page.ts'),
      )
      side ??= createPageSide(state, { ...control, darken }, notices)
      if (pair)
        side.connect(pair, opened, () => {
          pair = undefined
        })
    } catch (fault) {
      notices.show(await partNotice(fault as Error, () => void connect(opened)))
    }
  }
  if (pair) void connect()

  return () => {
    pair ??= newPair()
    // Only right after a key or a click does the browser open a window. Without an address one that is there stays as
    // it is, and a new one is empty.
    const opened =
      typeof BroadcastChannel === 'undefined'
        ? null
        : window.open('', presenterWindowName(pair), 'popup,width=1100,height=760')
    void connect(opened)
  }
}
