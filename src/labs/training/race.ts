/** How many steps until the slower model has come down to where the faster one was after 20. */
import type { RaceFrame } from './frame.ts'

/** Steps that both train before the race begins; as a guess, none yet. */
export const raceBegin = 20

export const isGuessed = (guess: number) => guess > raceBegin

export class Race {
  frame: RaceFrame = { slower: undefined, goal: Number.NaN, guess: Number.NaN, reachedAt: Number.NaN }

  /** Takes the validation losses of a measured step; steps come in order. */
  note(step: number, [first, second]: readonly number[]): void {
    if (step === raceBegin && Number.isFinite(first + second))
      this.frame = {
        ...this.frame,
        slower: first > second ? 0 : 1,
        goal: Math.min(first, second),
      }
    const { slower, goal, reachedAt } = this.frame
    if (slower !== undefined && Number.isNaN(reachedAt) && [first, second][slower] <= goal)
      this.frame = { ...this.frame, reachedAt: step }
  }

  /** The race goes on with this guess, if it is one: whoever sees how it goes on guesses no more. */
  goOn(guess: number): void {
    if (isGuessed(guess) && Number.isNaN(this.frame.guess)) this.frame = { ...this.frame, guess }
  }

  /** It stands at its beginning, or beyond, without a guess. */
  waits(guess: number): boolean {
    const { slower, guess: taken, reachedAt } = this.frame
    return slower !== undefined && Number.isNaN(reachedAt) && !isGuessed(guess) && Number.isNaN(taken)
  }

  /**
   * Where playing ends: it waits for a guess at its beginning, and then for the decision (Infinity until it is known),
   * which does not come once the slower model has stopped.
   */
  end(guess: number, stoppedAt: readonly number[]): number {
    const { slower, guess: taken, reachedAt } = this.frame
    if (!isGuessed(guess) && Number.isNaN(taken)) return raceBegin
    if (!Number.isNaN(reachedAt)) return reachedAt
    const stopped = slower === undefined ? -1 : stoppedAt[slower]
    return stopped < 0 ? Number.POSITIVE_INFINITY : stopped
  }
}
