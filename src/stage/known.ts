/** Formats measured numbers down to the second digit of their standard error. */
import { format } from 'd3-format'

/** Smaller errors are not visible in any digit that is shown. */
const smallest = 1e-5

/** A formatter for numbers with this error, and for the error itself; undefined where the error says nothing. */
export function asKnown(error: number): ((value: number) => string) | undefined {
  if (!(error >= smallest && error < Number.POSITIVE_INFINITY)) return undefined
  return format(`,.${Math.max(0, 1 - Math.floor(Math.log10(error)))}f`)
}
