/** How many steps until the slower model has come down to where the faster one was after 20. */
import type { RaceFrame } from './frame.ts'

/** Steps that both train before the race begins; as a guess, none yet. */
export const raceBegin = 20

export const isGuessed = (guess: number) => guess > raceBegin

export class Race {
  frame: RaceFrame = { slower: undefined, goal: Number.NaN, reachedAt: Number.NaN }

  /** Takes the validation losses of a measured step; steps come in order. */
  note(step: number, [first, second]: readonly number[]): void {
    if (step === raceBegin && Number.isFinite(first + second))
      this.frame = {
        slower: first > second ? 0 : 1,
        goal: Math.min(first, second),
        reachedAt: Number.NaN,
      }
    const { slower, goal, reachedAt } = this.frame
    if (slower !== undefined && Number.isNaN(reachedAt) && [first, second][slower] <= goal)
      this.frame = { slower, goal, reachedAt: step }
  }

  /** Where playing ends: it waits for a guess at its beginning, and then for the decision (Infinity until it is known). */
  end(guess: number): number {
    const { reachedAt } = this.frame
    if (!isGuessed(guess)) return raceBegin
    return Number.isNaN(reachedAt) ? Number.POSITIVE_INFINITY : reachedAt
  }
}
