/** How long a step takes while the run plays: what the time that is left is estimated from. */

/** Milliseconds of playing before that is known. */
const least = 1000

export class PlayClock {
  private steps = 0
  private milliseconds = 0
  private before: number | undefined

  /** Another run plays, or the run after a pause. */
  restart(): void {
    this.steps = 0
    this.milliseconds = 0
    this.before = undefined
  }

  /** Some steps were done since `begin`. The time before that counts too: the page had it. */
  note(steps: number, begin: number): void {
    const now = performance.now()
    this.steps += steps
    this.milliseconds += now - (this.before ?? begin)
    this.before = now
  }

  /** Milliseconds; NaN where they are not known yet. */
  get perStep(): number {
    return this.steps > 0 && this.milliseconds >= least ? this.milliseconds / this.steps : Number.NaN
  }
}
