/** A part that another thread works on. */
import type { Text } from '../../../data/text.ts'
import * as Comlink from '../../../threads.ts'
import type { ModelMeasurement } from './measurement.ts'
import type { TrainingValues } from './parameters.ts'
import type { LossNews, PartThread } from './partWorker.ts'

export class RemotePart {
  /** As in `Trainer`. */
  readonly losses: number[][]
  stoppedAt: readonly number[]
  private worker: Worker | undefined
  private thread: Comlink.Remote<PartThread> | undefined
  private crash: Promise<never> | undefined

  constructor(
    private readonly values: TrainingValues,
    private readonly text: Text,
    private readonly stds: readonly number[],
  ) {
    this.losses = stds.map(() => [])
    this.stoppedAt = stds.map(() => -1)
  }

  /** Starts the thread, draws the parameters there, and passes the first batch through. */
  async begin(): Promise<void> {
    this.worker = new Worker(new URL('./partWorker.ts', import.meta.url), { type: 'module' })
    this.thread = Comlink.wrap<PartThread>(this.worker)
    this.crash = new Promise((_, reject) => {
      this.worker?.addEventListener('error', ({ message }) =>
        reject(new Error(`The second model’s thread has failed: ${message || 'it could not be started'}.`)),
      )
    })
    // told by the call that waits for the thread; there may be none yet
    this.crash.catch(() => {})
    const { values, text, stds } = this
    this.take(await this.call((thread) => thread.open(values, text, stds)))
  }

  async advance(values: TrainingValues): Promise<void> {
    this.take(await this.call((thread) => thread.advance(values)))
  }

  measure(): Promise<(ModelMeasurement | undefined)[]> {
    return this.call((thread) => thread.measure())
  }

  write(): Promise<string[]> {
    return this.call((thread) => thread.write())
  }

  private call<Result>(ask: (thread: Comlink.Remote<PartThread>) => Promise<Result>): Promise<Result> {
    if (!this.thread || !this.crash) throw new Error('The second model’s thread was not started.')
    return Promise.race([ask(this.thread), this.crash])
  }

  private take({ losses, stoppedAt }: LossNews): void {
    for (const [model, news] of losses.entries()) this.losses[model].push(...news)
    this.stoppedAt = stoppedAt
  }

  dispose(): void {
    this.thread?.[Comlink.releaseProxy]()
    this.worker?.terminate()
  }
}
