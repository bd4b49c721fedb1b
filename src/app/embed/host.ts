/** The page around the frame. Nobody else is told anything, and nobody else is listened to. */

export interface HostMessage {
  readonly data: Readonly<Record<string, unknown>>
  /** Sends an answer to the page that wrote the message, and to no page that has taken its place since. */
  answer(message: object): void
}

export interface Host {
  /** To whatever page is around: nothing that only some may know. */
  tell(message: object): void
  /** Messages for natlab: objects with `natlab`. All others are for somebody else. */
  onMessage(listener: (message: HostMessage) => void): void
  /** Gives the keyboard back. */
  focus(): void
}

export function createHost(): Host {
  const { parent } = window
  const alone = parent === window
  return {
    tell(message) {
      if (!alone) parent.postMessage(message, '*')
    },
    onMessage(listener) {
      addEventListener('message', ({ source, origin, data }: MessageEvent) => {
        if (alone || source !== parent || typeof data !== 'object' || data === null || !('natlab' in data))
          return
        // a sandboxed page has no origin by which it could be named
        const target = origin === 'null' ? '*' : origin
        listener({ data, answer: (message) => parent.postMessage(message, target) })
      })
    },
    focus() {
      if (!alone) parent.focus()
    },
  }
}
