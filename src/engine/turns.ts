/**
 * Contestants on the same machine, each on a clock of its own: they work in turns, and a clock runs only in its turn. The one
 * with the least time on its clock has the next turn, so that all clocks show nearly the same.
 */

export interface Runner {
  /** Steps since the start line; a part of a step counts where it is known. */
  readonly steps: number
  /** Milliseconds that an answer takes, whatever is asked. */
  readonly latency: number
  /** Works for about so many milliseconds, not beyond step `last`. Some of that work may still be under way then. */
  work(last: number, milliseconds: number): Promise<void>
  /** Waits until all work is done. */
  settle(): Promise<void>
}

export interface TurnsOptions {
  /** Steps to the finish line; without it the line is drawn where the fastest will be after about `seconds`. */
  readonly steps?: number
  readonly seconds: () => number
  /** Milliseconds. */
  readonly now: () => number
  /** Called between two pieces of work. A turn ends at once where it answers true. */
  readonly interrupted: () => Promise<boolean>
  /** Called before every turn; it may wait, on no clock, and ends the race by throwing. */
  readonly between: () => Promise<void>
  /** Called after every piece of work. */
  readonly moved: () => void
}

/** Milliseconds of a turn, beside which the wait for its last answer is short. */
const turn = { least: 250, latencies: 10, most: 1000 }
const piece = 50

/** So many turns tell how fast each is: in the first one the sizes of slices are still being learnt. */
const tellingTurns = 2

/** One that has not finished a step when the race is decided gets so many times the time of the first. */
const longest = 10

export class Lane {
  /** Milliseconds on its clock. */
  clock = 0
  home = false
  /** It takes no further turn. */
  over = false
  fault: unknown
  turns = 0
  /** Steps a millisecond in the latest turn that finished one. */
  rate = 0

  constructor(readonly runner: Runner) {}

  get steps(): number {
    return this.runner.steps
  }

  /** On its clock, with all that the lab does on the way; NaN before the first step. */
  get millisecondsPerStep(): number {
    return this.steps > 0 ? this.clock / this.steps : Number.NaN
  }
}

/** Two digits that are easily said, as 1,200 or 85. */
export function finishLine(steps: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(steps)) - 1)
  return Math.max(1, Math.round(steps / unit) * unit)
}

export class Turns {
  readonly lanes: readonly Lane[]
  finish: number | undefined

  constructor(
    runners: readonly Runner[],
    private readonly options: TurnsOptions,
  ) {
    this.lanes = runners.map((runner) => new Lane(runner))
    this.finish = options.steps
  }

  /** Until every lane is home or has had the time of the first. A lane with a fault is over; the others go on. */
  async run(): Promise<void> {
    for (let lane = this.next(); lane; lane = this.next()) {
      await this.options.between()
      try {
        await this.turn(lane)
      } catch (fault) {
        lane.fault = fault
        lane.over = true
      }
      this.drawFinish()
      for (const each of this.lanes) each.over ||= this.isOver(each)
      this.options.moved()
    }
  }

  private get running(): readonly Lane[] {
    return this.lanes.filter(({ over }) => !over)
  }

  private next(): Lane | undefined {
    return this.running.reduce<Lane | undefined>(
      (least, lane) => (least && least.clock <= lane.clock ? least : lane),
      undefined,
    )
  }

  /** The time of the first that is home. */
  private get best(): number {
    return Math.min(...this.lanes.map(({ home, clock }) => (home ? clock : Number.POSITIVE_INFINITY)))
  }

  private isOver(lane: Lane): boolean {
    if (lane.home) return true
    const { best } = this
    return lane.clock >= best * (lane.steps >= 1 ? 1 : longest)
  }

  private async turn(lane: Lane): Promise<void> {
    const { now, interrupted, moved } = this.options
    const { runner } = lane
    const usual = Math.min(turn.most, Math.max(turn.least, turn.latencies * runner.latency))
    // nobody gets much more time than the first has needed
    const left = this.best - lane.clock
    const length = left > 0 ? Math.min(usual, left) : usual
    const last = this.finish ?? Number.MAX_SAFE_INTEGER
    const { clock, steps } = lane
    const begin = now()
    const onClock = async (work: Promise<void>) => {
      await work
      lane.clock = clock + now() - begin
    }
    do {
      await onClock(runner.work(last, Math.min(piece, length)))
      moved()
    } while (lane.clock - clock < length && lane.steps < last && !(await interrupted()))
    await onClock(runner.settle())
    lane.home = lane.steps >= last
    lane.turns++
    if (lane.steps > steps) lane.rate = (lane.steps - steps) / (lane.clock - clock)
  }

  /** Draws the finish line once everybody has had some turns and somebody has finished a step. */
  private drawFinish(): void {
    const { running, options } = this
    if (this.finish !== undefined || running.some(({ turns }) => turns < tellingTurns)) return
    const farthest = Math.max(...running.map(({ steps }) => steps))
    if (farthest < 1) return
    const whole = ({ steps, clock, rate }: Lane) => {
      // a turn in which a long step happens to end tells less than all turns together
      const perMillisecond = steps < 2 * tellingTurns ? steps / clock : rate
      return steps + perMillisecond * Math.max(0, 1000 * options.seconds() - clock)
    }
    this.finish = Math.max(finishLine(Math.max(...running.map(whole))), Math.floor(farthest) + 1)
  }
}
