/** Checks a whole number that a script gives. */
import { count } from '../count.ts'

/** Throws a TypeError or a RangeError that names value and range. */
export function wholeNumber(name: string, value: unknown, minimum: number, maximum: number): number {
  const range = `${name} is a whole number from ${minimum} to ${count(maximum)}.`
  if (typeof value !== 'number') throw new TypeError(`${name} = ${String(value)} is not permitted: ${range}`)
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw new RangeError(`${name} = ${value} is not permitted: ${range}`)
  return value
}
