/**
 * Waiting for the device. Every wait uses this file: it knows how long an answer takes, and helps the answer to come
 * early.
 *
 * Firefox looks for finished work every 100 ms, for any work, and at every submission. So if answers are late, this
 * file makes empty submissions from time to time while something is waited for. If answers are quick (Chromium: 0.1 to
 * 5 ms), it never does. If empty submissions do not help, they end with the opening (Deno looks every 10 ms, and
 * nothing makes it look earlier).
 *
 * https://bugzilla.mozilla.org/show_bug.cgi?id=1870699 ("Don't poll WebGPU from a timer"). Once this is fixed in every
 * Firefox that is in use, `help` and its own parts can be removed; `latency` stays.
 */

/** Milliseconds: empty submissions help if an empty round trip takes longer. */
const lateAnswer = 8
/** Milliseconds from one empty submission to the next at first; later this part of the time waited so far. */
const shortestPause = 1
const pausePart = 1 / 16
/** Milliseconds of waiting without any answer after which the help ends: the device then has another problem. */
const longestHelp = 10_000
/** Round trips without help at the opening: if one is late, some round trips with help follow it. */
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
  /** Milliseconds that an answer takes without help; undefined if no help is given. */
  private ownLatency: number | undefined
  private helping = false
  private waiting = 0
  /** Time of the last request or answer. */
  private lastEvent = 0
  private submissions = 0
  /** Number of submissions that are known to be done. */
  private done = 0
  private gone = false
  /** How often a wait began while there was no other wait: answers to simultaneous waits come together. */
  count = 0
  private asking = 0

  constructor(private readonly device: GPUDevice) {
    device.lost.then(() => {
      this.gone = true
    })
  }

  /** Milliseconds that an answer takes in addition to the work. */
  get latency(): number {
    return this.samples.length > 0 ? median(this.samples) : 0
  }

  /** Learns the latency of a device that has nothing to do yet, and whether help is needed and useful. */
  async measure(): Promise<void> {
    const own: number[] = []
    const helped: number[] = []
    for (let trip = 0; trip < ownTrips && !this.gone; trip++) {
      own.push(await this.trip())
      // a busy machine is late sometimes, a timer is late always
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

  /** Milliseconds to an idle device and back; for a lost device, until the loss is known. */
  private async trip(): Promise<number> {
    const start = performance.now()
    await Promise.race([this.attend(this.device.queue.onSubmittedWorkDone()), this.device.lost])
    return performance.now() - start
  }

  /** Notes a submission. Until it is known to be done, a wait says little about the latency. */
  submitted(): void {
    this.submissions++
  }

  /** Waits for an answer of the device. The answer comes after all work that was submitted before. */
  async wait<Answer>(answer: Promise<Answer>): Promise<Answer> {
    if (this.asking++ === 0) this.count++
    try {
      return await this.attend(answer)
    } finally {
      this.asking--
    }
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
    // with the known latency, no answer can come so early: then the latency has become smaller
    if (!idle && !(milliseconds < this.latency / 2)) return
    this.samples = [...this.samples, milliseconds].slice(-samplesKept)
    this.sampled = performance.now()
  }

  /** Measures a round trip to an idle device. It counts unless work comes meanwhile. */
  private sample(now: number): void {
    this.sampled = now
    // other calls report a lost device
    this.attend(this.device.queue.onSubmittedWorkDone()).catch(() => {})
  }

  /**
   * Makes empty submissions again and again while somebody waits. It ends when the pause between two of them is as long
   * as the browser's own pause, when the device is lost, or when no answer comes at all.
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
   * Makes an empty submission, and waits for an error scope. The browser answers this without its timer, so submissions
   * do not accumulate even if the way is slow. (A timer after such an answer is not delayed to 4 ms either.)
   */
  private nudge(): Promise<unknown> {
    this.device.pushErrorScope('validation')
    this.device.queue.submit([])
    return this.device.popErrorScope()
  }
}
