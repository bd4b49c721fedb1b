/** What the page has been told of the run, and whether there is something new to show. */
import type { Experiment } from '../labs/experiment.ts'
import { PagePause } from './pagePause.ts'
import type { Pulse } from './pulse.ts'

export class Delivery {
  /** Lets the steps wait while the page draws the first frame with new values. */
  readonly pagePause = new PagePause()
  /** New values are applied, and the page is told after the next steps. */
  private untold = false
  /** Since when the page shows an outdated state; undefined while it shows the present one. */
  private staleSince: number | undefined
  private deliveredVersion = -1
  private deliveredFailure: unknown

  constructor(private readonly pulse: Pulse) {}

  changed(): void {
    this.staleSince ??= performance.now()
    this.pulse.change()
  }

  /** New values are applied. */
  applied(playsOnAtOnce: boolean): void {
    // a frame drawn before the next steps would not show the change yet, and would keep the page busy
    this.untold = playsOnAtOnce
    if (this.untold) this.pulse.wake()
    else this.changed()
  }

  /** The run has advanced. */
  advanced(somethingNew: boolean): void {
    if (somethingNew || this.untold) this.changed()
    if (this.untold) this.pagePause.begin()
    this.untold = false
  }

  /** Throws the run's failure, once. */
  tell(failure: unknown): void {
    if (!failure || failure === this.deliveredFailure) return
    this.deliveredFailure = failure
    throw failure
  }

  /**
   * Whether a frame of this state, which is that of `version`, may be shown. A partial result must exist, and the page
   * must have waited for longer than `patience` milliseconds.
   */
  isDue({ ready, progress }: Experiment, version: number, playsOnAtOnce: boolean, patience: number): boolean {
    if (version === this.deliveredVersion || (this.untold && playsOnAtOnce)) return false
    const waited = performance.now() - (this.staleSince ?? performance.now())
    return ready || (progress > 0 && waited > patience)
  }

  /** A frame of the present state goes to the page. */
  delivered(): void {
    this.deliveredVersion = this.pulse.version
    this.pagePause.delivered()
    this.staleSince = undefined
  }
}
