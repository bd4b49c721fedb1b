/** Opens the presenter window of this page, and connects the page with it. */
import { codeOf, errorOf } from '../../faults.ts'
import { loadPart } from '../../part.ts'
import type { Control } from '../control.ts'
import type { Notices } from '../notices.ts'
import { partNotice } from '../parts.ts'
import type { State } from '../state.ts'
import { newPair, pageWindowName, pairOfWindow, presenterWindowName } from './protocol.ts'

const advice = 'Allow pop-up windows for this page, then press P or the button once more.'

/** A window that shows another site tells nothing: then it is not the presenter window any more. */
function isEmpty({ location }: Window): boolean {
  try {
    return location.href === 'about:blank'
  } catch {
    return true
  }
}

/** Returns the function that opens the window. A page that had one before it was loaded anew is connected at once. */
export function createPresenter(
  state: State,
  control: Control,
  notices: Notices,
  darken: () => void,
): () => void {
  let pair = pairOfWindow(window.name)
  let connected = false

  async function connect(own: string): Promise<void> {
    if (connected) return
    connected = true
    try {
      const { connectPresenter } = await loadPart(
        'The code for the presenter window',
        () => import('./page.ts'),
      )
      connectPresenter(own, state, { ...control, darken }, () => {
        pair = undefined
        connected = false
        window.name = ''
      })
    } catch (thrown) {
      connected = false
      const fault = errorOf(thrown)
      if (codeOf(fault) !== 'part') throw fault
      notices.show(await partNotice(fault, () => void connect(own)))
    }
  }
  if (pair !== undefined) void connect(pair)

  return () => {
    const refuse = (title: string, line: string) =>
      notices.show({ kind: 'information', topic: 'presenter', title, lines: [line] })
    // windows without an origin of their own cannot talk to each other
    if (typeof BroadcastChannel === 'undefined' || window.origin === 'null')
      return refuse(
        'This browser does not let two windows of the page talk to each other.',
        'Open the page by itself, outside of any frame, in a current Chrome, Edge, Firefox or Safari.',
      )
    const own = pair ?? newPair()
    // without an address a window that is there stays as it is, and a new one is empty
    const opened = window.open('', presenterWindowName(own), 'popup,width=1100,height=760')
    if (!opened) return refuse('The browser keeps the presenter window back.', advice)
    pair = own
    window.name = pageWindowName(own)
    void connect(own)
    if (isEmpty(opened))
      opened.location.href = `${location.pathname}?presenter=${own}&theme=${state.theme.peek()}`
    opened.focus()
  }
}
