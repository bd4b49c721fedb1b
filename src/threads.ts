/**
 * Comlink, the way to other threads and back, with errors that arrive as they were thrown: their class, name, message
 * and code (faults.ts). By itself it passes only name, message and stack of a plain `Error`. Whoever talks to a thread
 * takes Comlink from here, at both ends.
 */
import { transferHandlers } from 'comlink'
import { coded, codeOf, type FaultCode } from './faults.ts'

export * from 'comlink'

interface SentError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: FaultCode | undefined
  readonly ofPlatform: boolean
}

/** An error, or anything else that was thrown. */
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
