/**
 * Waiting for the device. Every wait goes through here, where it is known how long an answer takes, and where it is
 * helped to come early.
 *
 * Firefox looks for finished work on a timer of 100 ms, whatever the work; and whenever something is submitted. So
 * where answers are late, nothing at all is submitted now and then while there is something to wait for. Where answers
 * are quick (Chromium: 0.1 to 5 ms) that never happens, and no more of it where it is of no use (Deno: its own pause of
 * 10 ms ends for nothing).
 *
 * https://bugzilla.mozilla.org/show_bug.cgi?id=1870699 ("Don't poll WebGPU from a timer"). Once that is mended in every
 * Firefox that is in use, `help` and what only it needs can go; `latency` stays.
 */

/** Milliseconds; an empty round trip that takes longer is helped. */
const lateAnswer = 8
/** Milliseconds from one empty submission to the next at first; later this part of the time waited so far. */
const shortestPause = 1
const pausePart = 1 / 16
/** Milliseconds of waiting without any answer, after which no help comes: then the device has other troubles. */
const longestHelp = 10_000
/** Round trips at the opening: each without help is followed by some with it, where it is late. */
const ownTrips = 3
const helpedTrips = 2
/** The latency is the median of so many of the last samples: one late answer changes nothing. */
const samplesKept = 5
/** Milliseconds after which an idle queue is asked for a new sample. */
const sampleAge = 1000

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Of an even number of values the upper one of the two in the middle. */
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]

export class Answers {
  /** Milliseconds of empty round trips, the last one last. */
  private samples: number[] = []
  private sampled = 0
  /** Milliseconds that an answer takes without help; undefined where none is given. */
  private ownLatency: number | undefined
  private helping = false
  private waiting = 0
  /** When something was last asked for or answered. */
  private lastEvent = 0
  private submissions = 0
  /** Submissions that are known to be done. */
  private done = 0
  private gone = false
  /** Answers that somebody has asked for. */
  count = 0

  constructor(private readonly device: GPUDevice) {
    device.lost.then(() => {
      this.gone = true
    })
  }

  /** Milliseconds that an answer takes over and above the work. */
  get latency(): number {
    return this.samples.length > 0 ? median(this.samples) : 0
  }

  /** Learns the latency of a device that has nothing to do yet, and whether help is needed and of use. */
  async measure(): Promise<void> {
    const own: number[] = []
    const helped: number[] = []
    for (let trip = 0; trip < ownTrips && !this.gone; trip++) {
      own.push(await this.trip())
      // a busy machine answers late now and then, a timer always
      if (Math.min(...own) <= lateAnswer) continue
      this.ownLatency = Math.min(...own)
      for (let more = 0; more < helpedTrips; more++) helped.push(await this.trip())
      this.ownLatency = undefined
    }
    const least = Math.min(...own)
    const useful = least > lateAnswer && median(helped) < least / 2
    if (useful) this.ownLatency = least
    this.samples = useful ? helped : own
  }

  /** Milliseconds to an idle device and back; of one that is lost, until that is known. */
  private async trip(): Promise<number> {
    const start = performance.now()
    await Promise.race([this.attend(this.device.queue.onSubmittedWorkDone()), this.device.lost])
    return performance.now() - start
  }

  /** Something was submitted: until it is known to be done, a wait says little about the latency. */
  submitted(): void {
    this.submissions++
  }

  /** The answer of the device, which comes after all that was submitted before. */
  wait<Answer>(answer: Promise<Answer>): Promise<Answer> {
    this.count++
    return this.attend(answer)
  }

  private async attend<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const start = performance.now()
    const asked = this.submissions
    const idle = this.done === asked
    this.lastEvent = start
    this.waiting++
    if (this.ownLatency !== undefined && !this.helping) void this.help()
    try {
      const answered = await answer
      this.done = Math.max(this.done, asked)
      const now = performance.now()
      this.learn(now - start, idle && this.submissions === asked)
      if (this.submissions === this.done && now - this.sampled > sampleAge) this.sample(now)
      return answered
    } finally {
      this.waiting--
      this.lastEvent = performance.now()
    }
  }

  private learn(milliseconds: number, idle: boolean): void {
    // no answer comes earlier than the latency allows, whatever it waited for
    if (!idle && !(milliseconds < this.latency)) return
    this.samples = [...this.samples, milliseconds].slice(-samplesKept)
    this.sampled = performance.now()
  }

  /** Asks an idle device for nothing. It counts unless work comes meanwhile. */
  private sample(now: number): void {
    this.sampled = now
    // a device that is lost is reported to whoever needs it
    this.attend(this.device.queue.onSubmittedWorkDone()).catch(() => {})
  }

  /**
   * Submits nothing, again and again, for as long as somebody waits. It ends when the pause between two has become as
   * long as the browser's own, when the device is gone, and when no answer comes at all.
   */
  private async help(): Promise<void> {
    this.helping = true
    while (this.waiting > 0 && this.ownLatency !== undefined && !this.gone) {
      const waited = performance.now() - this.lastEvent
      const length = Math.max(shortestPause, waited * pausePart)
      if (length >= this.ownLatency || waited > longestHelp) break
      try {
        await this.nudge()
      } catch {
        break
      }
      await pause(length)
    }
    this.helping = false
  }

  /**
   * An empty submission, and the way to the device and back: the error scope is answered without the timer, so nothing
   * piles up however slow the way is. (A timer set after such an answer is not held back to 4 ms either.)
   */
  private nudge(): Promise<unknown> {
    this.device.pushErrorScope('validation')
    this.device.queue.submit([])
    return this.device.popErrorScope()
  }
}
