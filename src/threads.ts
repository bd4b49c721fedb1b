/**
 * Comlink, for calls to other threads and back. Errors keep their class, name, message and code (faults.ts); Comlink
 * alone passes only name, message and stack of a plain `Error`. Both ends of a thread import Comlink from here.
 */
import { transferHandlers } from 'comlink'
import { coded, codeOf, type FaultCode } from './faults.ts'

export * from 'comlink'

/** Threads that may compute together: more would only share one memory bus. */
export const mostThreads = 16

/** A worker's script that imports another one, and hands it the messages that came before. */
const importing = (script: string) => `
const early = []
const keep = (event) => early.push(event)
addEventListener('message', keep)
import(${JSON.stringify(script)}).then(
  () => {
    removeEventListener('message', keep)
    for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports }))
  },
  (fault) => setTimeout(() => { throw fault }),
)`

/**
 * Starts a worker. A frame with the attribute `sandbox` belongs to no origin, and may start only workers whose script it
 * has written itself. Chromium starts no module there, so this script imports the module.
 */
export function startWorker(script: string, name: string): Worker {
  if (self.origin !== 'null') return new Worker(script, { type: 'module', name })
  const own = new Blob([importing(script)], { type: 'text/javascript' })
  return new Worker(URL.createObjectURL(own), { name })
}

interface SentError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: FaultCode | undefined
  readonly ofPlatform: boolean
}

/** An error, or another thrown value. */
type Sent = { readonly error: SentError } | { readonly value: unknown }

const classes: Readonly<Record<string, ErrorConstructor>> = { RangeError, TypeError }

function sent(thrown: unknown): Sent {
  if (!(thrown instanceof Error)) return { value: thrown }
  const { name, message, stack } = thrown
  return { error: { name, message, stack, code: codeOf(thrown), ofPlatform: thrown instanceof DOMException } }
}

function received({ name, message, stack, code, ofPlatform }: SentError): Error {
  const error = ofPlatform
    ? new DOMException(message, name)
    : Object.assign(new (classes[name] ?? Error)(message), { name, stack })
  return code ? coded(code, error) : error
}

const { canHandle } = transferHandlers.get('throw') as { canHandle: (value: unknown) => value is unknown }

transferHandlers.set('throw', {
  canHandle,
  serialize: (marked: unknown): [Sent, Transferable[]] => [sent((marked as { value: unknown }).value), []],
  deserialize(arrived: Sent): never {
    throw 'error' in arrived ? received(arrived.error) : arrived.value
  },
})
