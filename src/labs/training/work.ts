/** Work that is cut where time is over, and what another thread does meanwhile. */

/** Yields the floating-point operations queued since it last did; Infinity where it waits, or has waited for their answer. */
export type Work<Result = void> = AsyncGenerator<number, Result>

/** Milliseconds between two looks at the clock while another thread is waited for. */
const waitingSpan = 4

/** This thread's work, then what is left to wait for of another one's: the results of both. */
export async function* beside<Result>(own: Work<Result>, other: Promise<Result>): Work<[Result, Result]> {
  let arrived = false
  const arrival = other.finally(() => {
    arrived = true
  })
  // told below, unless this thread's work fails first
  arrival.catch(() => {})
  const result = yield* own
  while (!arrived) {
    await Promise.race([arrival, new Promise((resolve) => setTimeout(resolve, waitingSpan))])
    yield Number.POSITIVE_INFINITY
  }
  return [result, await other]
}
