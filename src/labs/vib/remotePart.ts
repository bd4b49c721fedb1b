/** A part of a sweep that another thread works on. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import * as Comlink from '../../threads.ts'
import type { ImageSet } from './images.ts'
import { seedCount, type VibValues } from './parameters.ts'
import { modelsOf, type Part, type PartSetting, type Share } from './parts.ts'
import type { PartThread } from './partWorker.ts'
import type { Results } from './results.ts'
import type { LossHistory } from './trainer.ts'

export class RemotePart implements Part {
  readonly models: readonly number[]
  readonly share: Share
  stoppedAt: Int32Array
  private readonly worker: Worker
  private readonly thread: Comlink.Remote<PartThread>
  private readonly crash: Promise<never>

  private constructor(
    private readonly backend: Backend,
    { values, share }: PartSetting,
  ) {
    this.share = share
    this.models = modelsOf(share, seedCount(values))
    this.stoppedAt = new Int32Array(this.models.length).fill(-1)
    this.worker = new Worker(new URL('./partWorker.ts', import.meta.url), { type: 'module' })
    this.thread = Comlink.wrap<PartThread>(this.worker)
    this.crash = new Promise((_, reject) => {
      this.worker.addEventListener('error', ({ message }) =>
        reject(
          new Error(`A training thread of the sweep has failed: ${message || 'it could not be started'}.`),
        ),
      )
    })
    // told by the call that waits for the thread; there may be none yet
    this.crash.catch(() => {})
  }

  static async create(backend: Backend, setting: PartSetting): Promise<RemotePart> {
    const part = new RemotePart(backend, setting)
    const { training, validation } = setting
    // a view takes all of its buffer along
    const own = (images: ImageSet) => ({
      ...images,
      pixels: images.pixels.slice(),
      labels: images.labels.slice(),
    })
    try {
      await part.call(part.thread.open({ ...setting, training: own(training), validation: own(validation) }))
    } catch (fault) {
      part.dispose()
      throw fault
    }
    return part
  }

  private call<Result>(answer: Promise<Result>): Promise<Result> {
    return Promise.race([answer, this.crash])
  }

  async train(steps: number): Promise<LossHistory> {
    const { losses, stoppedAt } = await this.call(this.thread.train(steps))
    this.stoppedAt = stoppedAt
    return losses
  }

  update(values: VibValues): void {
    void this.thread.update(values)
  }

  async *evaluate(images: number): AsyncGenerator<number, Results> {
    let finished = false
    try {
      for (;;) {
        const answer = await this.call<number | Results>(this.thread.evaluate(images))
        finished = typeof answer !== 'number'
        if (typeof answer !== 'number') return answer
        yield answer
      }
    } finally {
      if (!finished) await this.call(this.thread.abandonEvaluation())
    }
  }

  async copyParameters(place: number, row: Tensor): Promise<void> {
    const parameters = await this.call(this.thread.parameters(place))
    const columns = parameters.length
    const uploaded = this.backend.upload(parameters, [1, columns])
    const whole = { rows: 1, columns }
    this.backend.copy(1, { tensor: row, ...whole }, { tensor: uploaded, ...whole })
    uploaded.dispose()
  }

  dispose(): void {
    this.thread[Comlink.releaseProxy]()
    this.worker.terminate()
  }
}
