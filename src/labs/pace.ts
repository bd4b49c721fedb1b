/** How much fits in a millisecond, learnt from what was done last: sizes the next slice of work. */

/** A slice is made for no less than this many milliseconds: a call to a GPU alone may cost two or three. */
const shortestSlice = 4

/** How many times quicker or slower the next guess may be: a first slice compiles, a tiny one tells little. */
const largestCorrection = 4

export class Pace {
  constructor(private unitsPerMillisecond: number) {}

  /** Units of work for so many milliseconds; at least one. */
  units(milliseconds: number): number {
    return Math.max(1, Math.floor(this.unitsPerMillisecond * Math.max(milliseconds, shortestSlice)))
  }

  /** So many units took so long. */
  note(units: number, milliseconds: number): void {
    const seen = units / Math.max(milliseconds, 0.02)
    const known = this.unitsPerMillisecond
    this.unitsPerMillisecond = Math.min(Math.max(seen, known / largestCorrection), known * largestCorrection)
  }
}

/** Whether a further slice is worth beginning. */
export function worthwhile(milliseconds: number): boolean {
  return milliseconds > shortestSlice / 2
}
