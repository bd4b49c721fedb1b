/**
 * Decides how large the next slice of work is, and when it may be queued. The time until an answer is latency plus
 * work. The latency is about 2 ms in one browser and 100 ms in another, for any work. So the next slice is queued while
 * one runs, and a slice is large enough to take longer than the latency. A device may also need a fixed time for each
 * slice, the overhead: it is estimated from slices of different sizes.
 */
import type { Backend } from '../../compute/backend.ts'
import { obsolete } from '../../faults.ts'

/** Least milliseconds of work that a slice is planned for. */
const shortestSlice = 4

/** Largest factor of one correction of the estimated speed: a first slice compiles, a tiny one tells little. */
const largestCorrection = 4

/** A slice may exceed its planned units by this factor if no work is left then. */
const mostOver = 1.5

/** An answer that took this many times as long as expected may be late for a reason of its own. */
const lateness = 2

/** Least ratio of the sizes of two slices from which the overhead is estimated. */
const differs = 1.3

/** Least time of a slice's work that can be measured: the larger of a share of the latency and so many milliseconds. */
const resolution = { ofLatency: 0.25, least: 0.02 }

/** Called when a slice is done, with its result and the milliseconds that its work took. */
export type Arrived<Result> = (result: Result, milliseconds: number) => void

interface Slice {
  readonly units: number
  readonly milliseconds: number
}

interface Answer {
  /** Never rejects. */
  readonly arrival: Promise<void>
  /** True once the answer has arrived. */
  here: boolean
}

/** Slices that a backend has not answered yet, of all runs, oldest first. Answers are taken in this order. */
class UnderWay {
  private readonly owed: Answer[] = []
  private latest: Promise<void> = Promise.resolve()
  /** When the latest answer arrived. */
  cameAt = Number.NEGATIVE_INFINITY

  add<Result>(result: Promise<Result>, take: (result: Result) => void, fail: (fault: unknown) => void): void {
    const before = this.latest
    const come = async () => {
      try {
        const value = await result
        await before
        take(value)
      } catch (fault) {
        await before
        fail(fault)
      }
      this.cameAt = performance.now()
      answer.here = true
    }
    const answer: Answer = { here: false, arrival: come() }
    this.latest = answer.arrival
    this.owed.push(answer)
  }

  /** Waits until at most `count` answers are outstanding. */
  async untilAtMost(count: number): Promise<void> {
    while (this.owed.length > count || this.owed[0]?.here) await this.owed.shift()?.arrival
  }

  get count(): number {
    return this.owed.length
  }
}

const ofBackends = new WeakMap<object, UnderWay>()

function underWayOn(backend: object): UnderWay {
  let slices = ofBackends.get(backend)
  if (!slices) ofBackends.set(backend, (slices = new UnderWay()))
  return slices
}

export class Pace {
  private readonly underWay: UnderWay
  private begun = 0
  private slices = 0
  /** A late answer. It is not learnt from until another slice shows that the work has become slower. */
  private late: Slice | undefined
  /** The overhead: milliseconds of the device for a slice of any size. And the slice that it was last learnt from. */
  private overhead = 0
  private previous: Slice | undefined
  /** Faults of this pace's slices that are not thrown yet. */
  private faults: unknown[] = []

  /** @param unitsPerMillisecond estimated speed for the first slice */
  constructor(
    private readonly backend: Pick<Backend, 'latency'> & Partial<Pick<Backend, 'software'>>,
    private unitsPerMillisecond: number,
  ) {
    this.underWay = underWayOn(backend)
  }

  /**
   * Waits until a slice may be queued: behind one other, or behind none where the latency is 0 or the CPU itself does
   * the work. Like all waiting functions here, it throws a fault of this pace's slices. Faults of a run that was
   * replaced are not thrown.
   */
  async turn(): Promise<void> {
    const { latency, software } = this.backend
    await this.untilAtMost(latency > 0 && !software ? 1 : 0)
    this.begun = performance.now()
  }

  private async untilAtMost(count: number): Promise<void> {
    await this.underWay.untilAtMost(count)
    const faults = this.faults.splice(0)
    if (faults.length > 0) throw faults[0]
  }

  /**
   * Units of work for the next slice, at least one: `milliseconds` are left, and `all` units are to be done. The slice
   * takes somewhat more units if the rest would be too small for a slice.
   */
  units(milliseconds: number, all = Number.POSITIVE_INFINITY): number {
    const { latency } = this.backend
    // two slices are under way where answers are late
    const share = latency > 0 ? milliseconds / 2 : milliseconds
    // the first slice is short: it tells how wrong the estimated speed is
    const span = this.slices === 0 ? shortestSlice : Math.max(share, latency, this.overhead, shortestSlice)
    const units = this.unitsPerMillisecond * span
    return Math.max(1, all <= mostOver * units ? all : Math.floor(units))
  }

  /**
   * Notes that a slice of so many units was queued since `turn`; `result` resolves when the slice is done. 0 units do
   * not change the estimated speed. Slices arrive in the order in which they were sent. Returns at once, or after the
   * arrival where the latency is 0.
   */
  async sent<Result>(units: number, result: Promise<Result>, arrived?: Arrived<Result>): Promise<void> {
    const { underWay, begun } = this
    const take = (value: Result) => {
      const milliseconds = performance.now() - Math.max(underWay.cameAt, begun + this.backend.latency)
      if (units > 0) this.note(units, milliseconds)
      arrived?.(value, Math.max(milliseconds, 0))
    }
    underWay.add(result, take, (fault) => this.faults.push(fault))
    if (this.backend.latency === 0) await this.untilAtMost(0)
  }

  /** Waits for the oldest slice under way; false where there is none. */
  async arrival(): Promise<boolean> {
    const { count } = this.underWay
    await this.untilAtMost(Math.max(0, count - 1))
    return count > 0
  }

  /** Waits for all slices under way. */
  all(): Promise<void> {
    return this.untilAtMost(0)
  }

  /** Takes note of the time of a slice. */
  private note(units: number, milliseconds: number): void {
    const { late, unitsPerMillisecond } = this
    const isLate = (slice: Slice) =>
      slice.milliseconds > lateness * (slice.units / unitsPerMillisecond + this.overhead)
    let seen: Slice = { units, milliseconds }
    // work that was done while the page waited for a late answer seems to have taken no time
    const early = milliseconds < units / unitsPerMillisecond / lateness
    if (late && early) seen = { units: late.units + units, milliseconds: late.milliseconds + milliseconds }
    this.slices++
    // a second late answer in a row is believed
    const setAside = isLate(seen) && (!late || early) && this.slices > 1
    this.late = setAside ? seen : undefined
    if (!setAside) this.learn(seen)
  }

  private learn(slice: Slice): void {
    const { units } = slice
    const known = this.unitsPerMillisecond
    if (this.backend.latency > 0) this.learnOverhead(slice)
    const milliseconds = slice.milliseconds - this.overhead
    const finest = Math.max(resolution.ofLatency * this.backend.latency, resolution.least)
    const seen = units / Math.max(milliseconds, finest)
    if (milliseconds < finest && seen < known) return
    const near = seen < known * lateness && seen > known / lateness
    this.unitsPerMillisecond = near
      ? (known + seen) / 2
      : Math.min(Math.max(seen, known / largestCorrection), known * largestCorrection)
  }

  /** Estimates the overhead: the time that slices of different sizes have in common. No slice takes less. */
  private learnOverhead(slice: Slice): void {
    const { previous } = this
    this.previous = slice
    const [less, more] = previous && previous.units > slice.units ? [slice, previous] : [previous, slice]
    if (less && more.units > differs * less.units) {
      const perUnit = Math.max(0, (more.milliseconds - less.milliseconds) / (more.units - less.units))
      this.overhead = Math.max(0, less.milliseconds - perUnit * less.units)
    }
    this.overhead = Math.min(this.overhead, Math.max(0, slice.milliseconds))
  }
}

/**
 * Runs a timed loop of slices of a fixed size. Each round of `slices` queues one, and then the slice before is waited
 * for, so that the device has work meanwhile. Throws an AbortError soon after `aborted()` answers true.
 */
export async function inTurn(
  backend: Pick<Backend, 'finished'>,
  aborted: () => Promise<boolean>,
  slices: Iterable<unknown>,
): Promise<void> {
  let before: Promise<void> = Promise.resolve()
  for (const _ of slices) {
    if (await aborted()) throw obsolete('The comparison was cancelled.')
    const answer = backend.finished()
    // a fault is thrown when its turn comes
    answer.catch(() => {})
    await before
    before = answer
  }
}

/** Whether a further slice is worth beginning. */
export function worthwhile(milliseconds: number): boolean {
  return milliseconds > shortestSlice / 2
}
