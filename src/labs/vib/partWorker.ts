/** A worker thread for some models of a sweep: a part on a WebAssembly backend, called through Comlink. */
import type { Backend } from '../../compute/backend.ts'
import { createWasmBackend } from '../../compute/wasm/index.ts'
import * as Comlink from '../../threads.ts'
import type { Saved } from '../common/savedTensors.ts'
import { layoutOf } from './layout.ts'
import type { VibValues } from './parameters.ts'
import { LocalPart, type PartSetting } from './parts.ts'
import type { Results } from './results.ts'
import type { Trainer } from './trainer.ts'

/** Milliseconds of work between two checks for messages. */
const budget = 12

class ShareThread {
  private backend!: Backend
  private part!: LocalPart
  private parameterCount = 0
  private evaluation: AsyncGenerator<number, Results> | undefined

  async open(setting: PartSetting): Promise<void> {
    this.backend = await createWasmBackend({ threads: 1 })
    this.part = await LocalPart.create(this.backend, setting)
    this.parameterCount = layoutOf(setting.values).parameters
  }

  async train(steps: number) {
    const losses = await this.part.train(steps)
    return { losses, stoppedAt: this.part.stoppedAt }
  }

  update(values: VibValues): void {
    this.part.update(values)
  }

  /** Does some slices of the evaluation under way, or of a new one. Returns the share done, or the results. */
  async evaluate(images: number): Promise<number | Results> {
    const begin = performance.now()
    const work = this.evaluation ?? this.part.evaluate(images, () => budget)
    this.evaluation = work
    for (;;) {
      const { done, value } = await work.next()
      if (done) this.evaluation = undefined
      if (done || performance.now() - begin > budget) return value
    }
  }

  async abandonEvaluation(): Promise<void> {
    await this.evaluation?.return(undefined as never)
    this.evaluation = undefined
  }

  async parameters(place: number): Promise<Float32Array> {
    const row = this.backend.createTensor([1, this.parameterCount])
    await this.part.copyParameters(place, row)
    const copy = (await this.backend.read(row)) as Float32Array
    row.dispose()
    return Comlink.transfer(copy, [copy.buffer])
  }

  save(): Promise<Saved<Trainer>> {
    return this.part.save()
  }

  restore(saved: Saved<Trainer>): Promise<void> {
    return this.part.restore(saved)
  }
}

export type { ShareThread }

Comlink.expose(new ShareThread())
