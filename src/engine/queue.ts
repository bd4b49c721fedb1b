/** Does one piece of work at a time, in the order in which they were asked for. One that fails holds up no other. */
export class Queue {
  /** Resolves after all that was added so far. */
  done: Promise<unknown> = Promise.resolve()

  /** Does `work` after all earlier work. */
  add<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.done.then(work)
    this.restart(result)
    return result
  }

  /** What is added from now on waits for `work`, and for nothing else. */
  restart(work: Promise<unknown>): void {
    this.done = work.catch(() => {})
  }
}
