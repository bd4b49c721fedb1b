/** A thread of its own for a part of a run: calls to it, which reject once it has failed. */
import * as Comlink from '../../threads.ts'

export class PartThread<Part> {
  private readonly part: Comlink.Remote<Part>
  private readonly crash: Promise<never>

  /** @param name its name in the message of a failure: "The second model’s thread" */
  constructor(
    private readonly worker: Worker,
    name: string,
  ) {
    this.part = Comlink.wrap<Part>(worker)
    this.crash = new Promise((_, reject) => {
      worker.addEventListener('error', ({ message }) =>
        reject(new Error(`${name} has failed: ${message || 'it could not be started'}.`)),
      )
    })
    // the call that waits for the thread throws this error; there may be no such call yet
    this.crash.catch(() => {})
  }

  call<Result>(ask: (part: Comlink.Remote<Part>) => Promise<Result>): Promise<Result> {
    return Promise.race([ask(this.part), this.crash])
  }

  dispose(): void {
    this.part[Comlink.releaseProxy]()
    this.worker.terminate()
  }
}
