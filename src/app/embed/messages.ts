/**
 * What the page around may ask of an embedded view, by `postMessage`: the calls of `window.natlab`, the numbers of every
 * frame, and a theme. docs/embedding.md says the same to the reader.
 */
import { errorOf } from '../../faults.ts'
import { quoted } from '../../labs/validation.ts'
import type { NatlabConsole } from '../console.ts'
import { watch } from '../dom.ts'
import type { State } from '../state.ts'
import type { Host, HostMessage } from './host.ts'
import { type HostTheme, hostThemes } from './theme.ts'

/** Names of `window.natlab` that a host may call or read. */
const methods = [
  ...['ready', 'labs', 'open', 'parameters', 'set', 'run', 'metrics', 'backend', 'use', 'compare', 'link'],
] as readonly (keyof NatlabConsole)[]

export interface Begun {
  readonly state: State
  readonly natlab: NatlabConsole
}

type Handler = (message: HostMessage) => unknown

/** What a member of the console gives, called with these arguments where it is a function. */
async function called({ natlab }: Begun, method: unknown, given: unknown): Promise<unknown> {
  const name = methods.find((one) => one === method)
  if (!name)
    throw new RangeError(
      `method = ${quoted(String(method))} is not permitted: it is one of ${methods.join(', ')}.`,
    )
  if (!Array.isArray(given))
    throw new TypeError('arguments is not permitted: it is a list, as [{ "beta": 0.01 }].')
  const member: unknown = natlab[name]
  return typeof member === 'function' ? member.apply(natlab, given) : member
}

/**
 * Listens to the host. `begun` comes once the view was in sight: calls wait for it, in their order. `setTheme` takes the
 * theme that the host names.
 */
export function listenToHost(host: Host, begun: Promise<Begun>, setTheme: (theme: HostTheme) => void): void {
  let unsubscribe = () => {}

  const handlers: Readonly<Record<string, Handler>> = {
    call: async ({ data }) => called(await begun, data.method, data.arguments ?? []),
    async subscribe({ answer }) {
      const { state } = await begun
      unsubscribe()
      unsubscribe = watch(() => {
        const frame = state.frames.shown.value
        if (!frame) return
        const { lab, step, ready, metrics } = frame
        answer({ natlab: 'frame', lab, step, ready, metrics })
      })
    },
    unsubscribe: () => unsubscribe(),
    theme({ data }) {
      const theme = hostThemes.find((one) => one === data.theme)
      if (!theme)
        throw new RangeError(
          `theme = ${quoted(String(data.theme))} is not permitted: it is one of ${hostThemes.join(', ')}.`,
        )
      setTheme(theme)
    },
  }

  host.onMessage(async (message) => {
    const { natlab: kind, id } = message.data
    try {
      const handler = Object.hasOwn(handlers, String(kind)) ? handlers[String(kind)] : undefined
      if (!handler)
        throw new RangeError(
          `natlab = ${quoted(String(kind))} is not permitted: it is one of ${Object.keys(handlers).join(', ')}.`,
        )
      const value = await handler(message)
      message.answer({ natlab: 'result', id, value })
    } catch (thrown) {
      const { name, message: text } = errorOf(thrown)
      message.answer({ natlab: 'fault', id, name, message: text })
    }
  })
  host.tell({ natlab: 'hello', version: 1, methods })
}
