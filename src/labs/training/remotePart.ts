/** A part that another thread works on. */
import type { Text } from '../../data/text.ts'
import { startWorker } from '../../threads.ts'
import { PartThread } from '../common/partThread.ts'
import type { Saved } from '../common/savedTensors.ts'
import type { ModelMeasurement } from './measurement.ts'
import type { TrainingValues } from './parameters.ts'
import type { Part } from './part.ts'
import type { LossNews, ModelsThread } from './partWorker.ts'
import script from './partWorker.ts?worker&url'

export class RemotePart {
  /** As in `Trainer`. */
  readonly losses: number[][]
  stoppedAt: readonly number[]
  private thread: PartThread<ModelsThread> | undefined

  constructor(
    private readonly values: TrainingValues,
    private readonly text: Text,
    private readonly stds: readonly number[],
  ) {
    this.losses = stds.map(() => [])
    this.stoppedAt = stds.map(() => -1)
  }

  /** Starts the thread, draws the parameters there or takes the saved ones, and passes the present batch through. */
  async begin(saved?: Saved<Part>): Promise<void> {
    const worker = startWorker(script, 'natlab training part')
    this.thread = new PartThread<ModelsThread>(worker, 'The second model’s thread')
    const { values, text, stds } = this
    this.take(await this.call((thread) => thread.open(values, text, stds, saved)))
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

  save(): Promise<Saved<Part>> {
    return this.call((thread) => thread.save())
  }

  private get call(): PartThread<ModelsThread>['call'] {
    const { thread } = this
    if (!thread) throw new Error('The second model’s thread was not started.')
    return (ask) => thread.call(ask)
  }

  private take({ losses, stoppedAt }: LossNews): void {
    for (const [model, news] of losses.entries()) this.losses[model].push(...news)
    this.stoppedAt = stoppedAt
  }

  dispose(): void {
    this.thread?.dispose()
  }
}
