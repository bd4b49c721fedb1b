/** A part of a sweep on another thread. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { startWorker } from '../../threads.ts'
import { PartThread } from '../common/partThread.ts'
import type { Saved } from '../common/savedTensors.ts'
import type { ImageSet } from './images.ts'
import { seedCount, type VibValues } from './parameters.ts'
import { modelsOf, type Part, type PartSetting, type Share } from './parts.ts'
import type { ShareThread } from './partWorker.ts'
import script from './partWorker.ts?worker&url'
import type { Results } from './results.ts'
import type { LossHistory, Trainer } from './trainer.ts'

export class RemotePart implements Part {
  readonly models: readonly number[]
  readonly share: Share
  stoppedAt: Int32Array
  private readonly thread: PartThread<ShareThread>

  private constructor(
    private readonly backend: Backend,
    { values, share }: PartSetting,
  ) {
    this.share = share
    this.models = modelsOf(share, seedCount(values))
    this.stoppedAt = new Int32Array(this.models.length).fill(-1)
    const worker = startWorker(script, 'natlab vib part')
    this.thread = new PartThread<ShareThread>(worker, 'A training thread of the sweep')
  }

  static async create(backend: Backend, setting: PartSetting): Promise<RemotePart> {
    const part = new RemotePart(backend, setting)
    const { training, validation } = setting
    // a transferred view takes its whole buffer along
    const own = (images: ImageSet) => ({
      ...images,
      pixels: images.pixels.slice(),
      labels: images.labels.slice(),
    })
    try {
      const images = { training: own(training), validation: own(validation) }
      await part.thread.call((thread) => thread.open({ ...setting, ...images }))
    } catch (fault) {
      part.dispose()
      throw fault
    }
    return part
  }

  async train(steps: number): Promise<LossHistory> {
    const { losses, stoppedAt } = await this.thread.call((thread) => thread.train(steps))
    this.stoppedAt = stoppedAt
    return losses
  }

  update(values: VibValues): void {
    // a failure is told by the call after it
    this.thread.call((thread) => thread.update(values)).catch(() => {})
  }

  async *evaluate(images: number): AsyncGenerator<number, Results> {
    let finished = false
    try {
      for (;;) {
        const answer = await this.thread.call<number | Results>((thread) => thread.evaluate(images))
        finished = typeof answer !== 'number'
        if (typeof answer !== 'number') return answer
        yield answer
      }
    } finally {
      if (!finished) await this.thread.call((thread) => thread.abandonEvaluation())
    }
  }

  async copyParameters(place: number, row: Tensor): Promise<void> {
    const parameters = await this.thread.call((thread) => thread.parameters(place))
    const columns = parameters.length
    const uploaded = this.backend.upload(parameters, [1, columns])
    const whole = { rows: 1, columns }
    this.backend.copy(1, { tensor: row, ...whole }, { tensor: uploaded, ...whole })
    uploaded.dispose()
  }

  save(): Promise<Saved<Trainer>> {
    return this.thread.call((thread) => thread.save())
  }

  async restore(saved: Saved<Trainer>): Promise<void> {
    await this.thread.call((thread) => thread.restore(saved))
    this.stoppedAt = saved.own.stoppedAt
  }

  dispose(): void {
    this.thread.dispose()
  }
}
