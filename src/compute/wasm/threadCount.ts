/** Number of threads that compute together. */
import { mostThreads } from '../../threads.ts'

/** Throws unless it is a whole number from 1 to `mostThreads`. */
export function checkThreads(threads: unknown): number {
  const range = `a whole number from 1 to ${mostThreads}`
  if (typeof threads !== 'number')
    throw new TypeError(`threads must be ${range}, not ${JSON.stringify(threads)}.`)
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)
    throw new RangeError(`threads must be ${range}, not ${threads}.`)
  return threads
}

/** All cores, at most `mostThreads`; from four on, one is left for the page. */
export function defaultThreads(cores = globalThis.navigator?.hardwareConcurrency ?? 1): number {
  return Math.max(1, Math.min(mostThreads, cores >= 4 ? cores - 1 : cores))
}
