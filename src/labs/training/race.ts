/** The race: how many steps the slower model needs to reach the loss that the faster one had after 20 steps. */
import type { RaceFrame } from './frame.ts'

/** Steps that both models train before the race begins. As the value of a guess, it means no guess yet. */
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

  /** Keeps this guess for the race, if it is one and the first. A later guess does not count. */
  goOn(guess: number): void {
    if (isGuessed(guess) && Number.isNaN(this.frame.guess)) this.frame = { ...this.frame, guess }
  }

  /** Whether the race has begun, is not decided, and has no guess. */
  waits(guess: number): boolean {
    const { slower, guess: taken, reachedAt } = this.frame
    return slower !== undefined && Number.isNaN(reachedAt) && !isGuessed(guess) && Number.isNaN(taken)
  }

  /**
   * The step at which playing ends. Without a guess it is the race's beginning. Then it is the step of the decision
   * (Infinity until it is known), or the step at which the slower model stopped.
   */
  end(guess: number, stoppedAt: readonly number[]): number {
    const { slower, guess: taken, reachedAt } = this.frame
    if (!isGuessed(guess) && Number.isNaN(taken)) return raceBegin
    if (!Number.isNaN(reachedAt)) return reachedAt
    const stopped = slower === undefined ? -1 : stoppedAt[slower]
    return stopped < 0 ? Number.POSITIVE_INFINITY : stopped
  }
}
