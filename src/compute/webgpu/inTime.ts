/** What a browser may never answer: some wait for ever for a GPU process that does not start. */
import { coded } from '../../faults.ts'

/** Seconds that an adapter, and then its device, is waited for. A GPU process that starts slowly takes two or three. */
export const longestWait = 10

/**
 * The answer; or a rejection `unavailable` that begins with `what` ("no adapter came") when it was waited for too long.
 * `giveUp` is told then, and sees to what may still come.
 */
export async function inTime<Answer>(
  asked: Promise<Answer>,
  what: string,
  giveUp: () => void,
): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(coded('unavailable', new Error(`${what} within ${longestWait} seconds.`)))
    }, 1000 * longestWait)
  })
  return Promise.race([asked, tooLong]).finally(() => clearTimeout(timer))
}
