/**
 * What is done about a fault is decided by its code, never by its text. Every error that the page or the engine acts
 * on has one.
 */

const codes = [
  /** What did not come may come at a second try. */
  'tryAgain',
  /** The device has no room for so much; a smaller run or the other backend may have. */
  'tooLarge',
  /** The device is gone. */
  'lost',
  /** Something newer took the place of what was asked. */
  'obsolete',
  /** This backend cannot be had here: no adapter, no device, no answer. */
  'unavailable',
  /** The device's compiler refuses a kernel. */
  'kernel',
] as const

export type FaultCode = (typeof codes)[number]

/** The fault, with its code. */
export function coded<Fault extends Error>(code: FaultCode, fault: Fault): Fault {
  // defined, not assigned: a DOMException inherits a `code` that cannot be written
  return Object.defineProperty(fault, 'code', { value: code })
}

/** Made obsolete, as the web platform names it. */
export function obsolete(reason: string): DOMException {
  return coded('obsolete', new DOMException(reason, 'AbortError'))
}

/** The code of a fault; undefined where it has none, or one of somebody else's. */
export function codeOf(fault: unknown): FaultCode | undefined {
  if (!(fault instanceof Error)) return undefined
  const { code, name } = fault as { code?: unknown; name: string }
  const own = codes.find((one) => one === code)
  // the platform's own faults have a name instead
  return own ?? (name === 'AbortError' ? 'obsolete' : undefined)
}

/** The text with one full stop at its end. */
export function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`
}

/** What was thrown, as an error: code of others throws anything. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
