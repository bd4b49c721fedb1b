/** A time limit for the browser's answers: some browsers wait for ever for a GPU process that does not start. */
import { coded } from './faults.ts'

/** Longest wait in seconds for an adapter, then for its device. A GPU process that starts slowly takes two or three. */
export const longestWait = 10

/**
 * Resolves with the answer. After so many `seconds` it rejects with `unavailable` and a message that begins with `what`
 * ("no adapter came"). It also calls `giveUp`, which handles a late answer.
 */
export async function inTime<Answer>(
  asked: Promise<Answer>,
  what: string,
  giveUp = () => {},
  seconds = longestWait,
): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(coded('unavailable', new Error(`${what} within ${seconds} seconds.`)))
    }, 1000 * seconds)
  })
  return Promise.race([asked, tooLong]).finally(() => clearTimeout(timer))
}
