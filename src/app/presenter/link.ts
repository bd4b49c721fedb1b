/** The presenter window's side of the pair: what the projected page shows, and whether it is there. */
import { type Signal, signal } from '@preact/signals-core'
import { type Command, channelName, type PageMessage, pageWindowName, type Shown } from './protocol.ts'

/** Milliseconds between two questions whether the page is there. */
const interval = 2000
/** A page that computes may be busy for some seconds: after so many questions without an answer it is missed. */
const patience = 4
/** A page that is loaded anew is back after a moment. */
const reloading = 2500

export interface Link {
  /** What the page showed last; null until it was heard. */
  readonly shown: Signal<Shown | null>
  /** `silent`: it does not answer, and did not say goodbye. */
  readonly connection: Signal<'looking' | 'open' | 'closed' | 'silent'>
  send(command: Command): void
}

export function createLink(pair: string): Link {
  const channel = new BroadcastChannel(channelName(pair))
  const shown: Link['shown'] = signal(null)
  const connection: Link['connection'] = signal('looking')
  let unanswered = 0
  let watching = false
  let leaving: ReturnType<typeof setTimeout> | undefined

  /** The page is gone, unless it says something soon. */
  function miss(): void {
    clearTimeout(leaving)
    leaving = setTimeout(() => {
      connection.value = 'closed'
    }, reloading)
    greet()
  }
  /** Waits for what the page holds while it is there (page.ts). */
  function watchOver(): void {
    if (watching) return
    watching = true
    navigator.locks
      ?.request(pageWindowName(pair), () => {
        watching = false
        miss()
      })
      .catch(() => {})
  }
  function take(message: PageMessage): void {
    if (message.kind === 'shown') {
      clearTimeout(leaving)
      unanswered = 0
      shown.value = message
      connection.value = 'open'
      watchOver()
    } else if (message.kind === 'bye') miss()
  }
  const greet = () => channel.postMessage({ kind: 'hello' } satisfies Command)
  function ask(): void {
    if (connection.peek() === 'looking' && unanswered > 0) connection.value = 'closed'
    if (connection.peek() === 'open' && unanswered >= patience) connection.value = 'silent'
    unanswered += 1
    greet()
  }
  channel.addEventListener('message', ({ data }: MessageEvent<PageMessage>) => take(data))
  setInterval(ask, interval)
  ask()
  return { shown, connection, send: (command) => channel.postMessage(command) }
}
