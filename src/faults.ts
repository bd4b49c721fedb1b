/**
 * Codes of faults. The handling of a fault depends on its code, never on its text. Every error that the page or the
 * engine handles has a code.
 */

const codes = [
  /** A second try may succeed. */
  'tryAgain',
  /** The device has too little room; a smaller run or the other backend may fit. */
  'tooLarge',
  /** The device was lost. */
  'lost',
  /** A newer request took the place of this one. */
  'obsolete',
  /** This backend is not available: no adapter, no device, no answer. */
  'unavailable',
  /** The device's compiler refuses a kernel. */
  'kernel',
  /** The computing worker threw. */
  'crashed',
  /** A part of the page's code did not arrive. */
  'part',
] as const

export type FaultCode = (typeof codes)[number]

/** Adds a code to a fault. */
export function coded<Fault extends Error>(code: FaultCode, fault: Fault): Fault {
  // defined, not assigned: a DOMException inherits a read-only `code`
  return Object.defineProperty(fault, 'code', { value: code })
}

/** The fault of an obsolete request, with the web platform's name for it. */
export function obsolete(reason: string): DOMException {
  return coded('obsolete', new DOMException(reason, 'AbortError'))
}

/** The code of a fault; undefined if it has none, or a code from elsewhere. */
export function codeOf(fault: unknown): FaultCode | undefined {
  if (!(fault instanceof Error)) return undefined
  const { code, name } = fault as { code?: unknown; name: string }
  const own = codes.find((one) => one === code)
  // the platform's own faults have names instead of codes
  return own ?? (name === 'AbortError' ? 'obsolete' : undefined)
}

/** The text with exactly one full stop at its end. */
export function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`
}

/** A thrown value as an error: foreign code may throw anything. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
