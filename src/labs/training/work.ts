/** Work that stops when the time is over, beside the work of another thread. */

/** Yields the floating-point operations queued since the last yield; Infinity if it waits or waited for an answer. */
export type Work<Result = void> = AsyncGenerator<number, Result>

/** Milliseconds between two looks at the clock while another thread is waited for. */
const waitingSpan = 4

/** Does this thread's work, then waits for the other thread. Returns the results of both. */
export async function* beside<Result>(own: Work<Result>, other: Promise<Result>): Work<[Result, Result]> {
  let arrived = false
  const arrival = other.finally(() => {
    arrived = true
  })
  // the last line throws this error, unless this thread's work fails first
  arrival.catch(() => {})
  const result = yield* own
  while (!arrived) {
    await Promise.race([arrival, new Promise((resolve) => setTimeout(resolve, waitingSpan))])
    yield Number.POSITIVE_INFINITY
  }
  return [result, await other]
}
