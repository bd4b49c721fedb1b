/**
 * Sends parameter values to the engine while a slider is dragged. Only one call at a time is under way; of all values
 * that come meanwhile, only the newest are sent.
 */
import type { ParameterValues } from '../labs/parameter.ts'

export interface Sender {
  /** Resolves when the engine has taken these values or newer ones of the same parameters. */
  push(values: ParameterValues): Promise<void>
  /** Forgets the values that are not sent yet, because a lab is opened anew. */
  clear(): void
}

export function createSender(send: (values: ParameterValues) => Promise<void>): Sender {
  let pending: ParameterValues | undefined
  let flight: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined

  function flush(): Promise<void> {
    queued = undefined
    const values = pending
    pending = undefined
    return values === undefined ? Promise.resolve() : send(values)
  }

  return {
    push(values) {
      pending = { ...pending, ...values }
      if (queued === undefined) {
        const next = flight.then(flush)
        queued = next
        // a rejected call is reported to its callers and must not block the next one
        flight = next.catch(() => undefined)
      }
      return queued
    },
    clear() {
      pending = undefined
    },
  }
}
