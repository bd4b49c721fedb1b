/**
 * Slices of work: how large the next one is, and when it may be queued. Time is latency plus work: an answer comes
 * about 2 ms after the work is done in one browser and 100 ms in another, whatever was asked. So while one slice runs
 * the next is queued, and none is so small that most of its time is waiting. A device may also take some time for a slice
 * however small it is: that is learnt from slices of different sizes.
 */
import type { Backend } from '../../compute/backend.ts'

/** A slice is made for no less than this many milliseconds of work. */
const shortestSlice = 4

/** How many times quicker or slower the next guess may be: a first slice compiles, a tiny one tells little. */
const largestCorrection = 4

/** A slice may have so many times the units that it should have, where that is all there are. */
const mostOver = 1.5

/** An answer that took this many times as long as expected may be late for a reason of its own. */
const lateness = 2

/** Slices that differ by this factor tell what a slice takes whatever its size. */
const differs = 1.3

/** Shares of the latency, and milliseconds, that a slice's work cannot be told from nothing below. */
const resolution = { ofLatency: 0.25, least: 0.02 }

/** What is told when a slice is done: its result, and the milliseconds that its work took. */
export type Arrived<Result> = (result: Result, milliseconds: number) => void

interface Slice {
  readonly units: number
  readonly milliseconds: number
}

interface Answer {
  /** Never rejects. */
  readonly arrival: Promise<void>
  /** Set once it has come. */
  here: boolean
}

/** The slices that a backend has not answered yet, oldest first, whoever queued them. Answers are taken in this order. */
class UnderWay {
  private readonly owed: Answer[] = []
  private latest: Promise<void> = Promise.resolve()
  /** When the latest one came. */
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

  /** Waits until no more than so many are owed. */
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
  /** An answer that was late, as long as nothing else says that the work has become slower. */
  private late: Slice | undefined
  /** Milliseconds of the device that a slice takes whatever its size, and the slice that was learnt from last. */
  private overhead = 0
  private previous: Slice | undefined
  /** What went wrong with a slice of this pace, until it is told. */
  private faults: unknown[] = []

  /** @param unitsPerMillisecond of work that a first slice counts on */
  constructor(
    private readonly backend: Pick<Backend, 'latency'>,
    private unitsPerMillisecond: number,
  ) {
    this.underWay = underWayOn(backend)
  }

  /**
   * Waits until a slice may be queued: behind one other, or behind none where answers come at once. Like all that wait
   * here it throws what went wrong with a slice of this pace; those of a run that was replaced are nobody's.
   */
  async turn(): Promise<void> {
    await this.untilAtMost(this.backend.latency > 0 ? 1 : 0)
    this.begun = performance.now()
  }

  private async untilAtMost(count: number): Promise<void> {
    await this.underWay.untilAtMost(count)
    const faults = this.faults.splice(0)
    if (faults.length > 0) throw faults[0]
  }

  /**
   * Units of work for a slice where so many milliseconds are left, of so many units that are to be done; at least one.
   * Rather somewhat more than a rest that would be too small a slice.
   */
  units(milliseconds: number, all = Number.POSITIVE_INFINITY): number {
    const { latency } = this.backend
    // two are under way where answers are late
    const share = latency > 0 ? milliseconds / 2 : milliseconds
    // the first one tells how far the guess was off
    const span = this.slices === 0 ? shortestSlice : Math.max(share, latency, this.overhead, shortestSlice)
    const units = this.unitsPerMillisecond * span
    return Math.max(1, all <= mostOver * units ? all : Math.floor(units))
  }

  /**
   * A slice of so many units was queued since `turn`, and `result` comes when it is done; 0 units tell nothing of the
   * pace. Slices arrive in the order in which they were sent. Resolves at once, or where answers come at once when it
   * has arrived.
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

  /** So many units took so long. */
  private note(units: number, milliseconds: number): void {
    const { late, unitsPerMillisecond } = this
    const isLate = (slice: Slice) =>
      slice.milliseconds > lateness * (slice.units / unitsPerMillisecond + this.overhead)
    let seen: Slice = { units, milliseconds }
    // what was done while a late answer was waited for seems to have taken no time
    const early = milliseconds < units / unitsPerMillisecond / lateness
    if (late && early) seen = { units: late.units + units, milliseconds: late.milliseconds + milliseconds }
    this.slices++
    // a second late one in a row is believed
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

  /** What two slices of different sizes have in common is no work; and no slice takes less than that. */
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
 * For slices of a size that is given: what is called after each is queued waits for the one before, so that the device
 * has work meanwhile.
 */
export function inTurn(backend: Pick<Backend, 'finished'>): () => Promise<void> {
  let before: Promise<void> = Promise.resolve()
  return async () => {
    const answer = backend.finished()
    // told when its turn comes
    answer.catch(() => {})
    await before
    before = answer
  }
}

/** Whether a further slice is worth beginning. */
export function worthwhile(milliseconds: number): boolean {
  return milliseconds > shortestSlice / 2
}
