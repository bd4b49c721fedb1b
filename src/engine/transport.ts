/** How the run plays: how many of its steps are due, and when. It knows no backend, and does no step itself. */
import { obsolete } from '../faults.ts'
import type { Experiment } from '../labs/experiment.ts'
import type { PagePause } from './pagePause.ts'
import { PlayClock } from './playClock.ts'

/** Steps that were asked for, beside playing (`EngineApi.run`). */
export interface AskedSteps {
  /** The last step; known once all earlier requests are done. */
  target?: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** The run whose steps are counted. */
interface Played {
  readonly experiment: Experiment | undefined
  readonly failure: unknown
  readonly replayTo: number
}

export class Transport {
  playing = false
  /** While the tab is hidden, the run does not play on. */
  visible = true
  asked: AskedSteps | undefined
  private stepsPerSecond = Number.POSITIVE_INFINITY
  private nextStepAt = 0
  private readonly clock = new PlayClock()

  constructor(private readonly pagePause: PagePause) {}

  /**
   * Number of steps that may be done now; 0 to complete the current state only. An object holds the time to wait until;
   * undefined if there is nothing to do.
   */
  due({ experiment, failure, replayTo }: Played): number | undefined | { readonly until: number } {
    if (!experiment || failure) return undefined
    if (experiment.step < replayTo) return replayTo - experiment.step
    const target = this.asked?.target
    if (target !== undefined) return Math.max(0, target - experiment.step)
    if (!experiment.ready) return 0
    const left = experiment.lastStep - experiment.step
    if (this.playing && this.visible && left > 0) {
      const { until } = this.pagePause
      if (performance.now() < until) return { until }
      if (this.stepsPerSecond === Number.POSITIVE_INFINITY) return left
      if (performance.now() >= this.nextStepAt) return 1
    } else if (experiment.complete) {
      return undefined
    }
    return experiment.complete ? { until: this.nextStepAt } : 0
  }

  /** The run plays, and the next steps follow without a pause. */
  playsOnAtOnce(run: Played): boolean {
    return (
      this.stepsPerSecond === Number.POSITIVE_INFINITY && typeof this.due(run) === 'number' && this.playing
    )
  }

  /** Milliseconds; NaN where they are not known, or the run does not play. */
  get perStep(): number {
    return this.playing ? this.clock.perStep : Number.NaN
  }

  /** `steps` were done since `begin`; `played`: as the run played, from a state that was complete. */
  advanced({ ready, step, lastStep }: Experiment, steps: number, begin: number, played: boolean): void {
    if (steps !== 0)
      this.nextStepAt = Math.max(this.nextStepAt, performance.now() - 100) + 1000 / this.stepsPerSecond
    if (played) this.clock.note(steps, begin)
    if (ready && step >= lastStep) this.playing = false
    const { asked } = this
    if (asked?.target === undefined || !ready || step < asked.target) return
    asked.resolve()
    this.asked = undefined
  }

  /** The run plays, or another one does. */
  restart(): void {
    this.clock.restart()
    this.nextStepAt = performance.now()
  }

  setSpeed(stepsPerSecond: number): void {
    if (!(stepsPerSecond > 0))
      throw new RangeError(`The speed must be above 0 steps a second, not ${stepsPerSecond}.`)
    this.stepsPerSecond = stepsPerSecond
    this.nextStepAt = performance.now()
  }

  /** The steps that were asked for will not be done, for this reason. */
  refuse(reason: unknown): void {
    this.asked?.reject(reason)
    this.asked = undefined
  }

  /** As `refuse`, where something newer is wanted. */
  abandon(reason: string): void {
    this.refuse(obsolete(reason))
  }
}
