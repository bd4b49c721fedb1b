/** Measured numbers, written as far as they are known: down to the second digit of their standard error. */
import { format } from 'd3-format'

/** An error this small is told by no digit that anybody reads. */
const smallest = 1e-5

/** How to write a number with this error, and the error itself; undefined where it tells nothing. */
export function asKnown(error: number): ((value: number) => string) | undefined {
  if (!(error >= smallest && error < Number.POSITIVE_INFINITY)) return undefined
  return format(`,.${Math.max(0, 1 - Math.floor(Math.log10(error)))}f`)
}
