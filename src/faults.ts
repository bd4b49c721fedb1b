/**
 * What is done about a fault is decided by its code, never by its text. Every error that the page or the engine acts
 * on has one.
 */

export type FaultCode =
  /** What did not come may come at a second try. */
  | 'tryAgain'
  /** The device has no room for so much; a smaller run or the other backend may have. */
  | 'tooLarge'
  /** The device is gone. */
  | 'lost'
  /** Something newer took the place of what was asked. */
  | 'obsolete'
  /** This backend cannot be had here: no adapter, no device, no answer. */
  | 'unavailable'
  /** The device's compiler refuses a kernel. */
  | 'kernel'

/** The fault, with its code. A `DOMException` has a code of its own; `obsolete` is told by its name instead. */
export function coded<Fault extends Error>(code: FaultCode, fault: Fault): Fault {
  return Object.assign(fault, { code })
}

/** Made obsolete, as the web platform names it. */
export function obsolete(reason: string): DOMException {
  return new DOMException(reason, 'AbortError')
}

/** The code of a fault, also of one that came from another thread; undefined for any other. */
export function codeOf(fault: unknown): FaultCode | undefined {
  if (!(fault instanceof Error)) return undefined
  if (fault.name === 'AbortError') return 'obsolete'
  return (fault as Partial<{ code: FaultCode }>).code
}
