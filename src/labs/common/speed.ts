/** The measured speed of a run: an average over about the last two seconds of its steps. */

/** Milliseconds over which the speed is averaged, about. */
const span = 2000

export class Speed {
  private steps = 0
  private milliseconds = 0

  add(steps: number, milliseconds: number): void {
    const kept = this.milliseconds > span ? 0.5 : 1
    this.steps = kept * this.steps + steps
    this.milliseconds = kept * this.milliseconds + milliseconds
  }

  /** Units a second, where a step has so many; NaN before the first step. */
  perSecond(unitsOfStep: number): number {
    const { steps, milliseconds } = this
    return milliseconds > 0 ? (1000 * steps * unitsOfStep) / milliseconds : Number.NaN
  }
}
