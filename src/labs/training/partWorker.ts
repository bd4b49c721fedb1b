/** A thread of its own for one of the models: a part on a WebAssembly backend, called through Comlink. */
import { createWasmBackend } from '../../compute/wasm/index.ts'
import { cutText, type Text } from '../../data/text.ts'
import * as Comlink from '../../threads.ts'
import type { Saved } from '../common/savedTensors.ts'
import type { ModelMeasurement } from './measurement.ts'
import type { TrainingValues } from './parameters.ts'
import { Part } from './part.ts'
import type { Work } from './work.ts'

/** Losses of the steps since the last report, and the step at which each model stopped. */
export interface LossNews {
  readonly losses: readonly (readonly number[])[]
  readonly stoppedAt: readonly number[]
}

class ModelsThread {
  private part!: Part
  private told = 0
  /** Calls run one at a time, in the order asked: a call that nobody needs any more may still be running. */
  private queue: Promise<unknown> = Promise.resolve()

  private after<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work)
    this.queue = result.catch(() => {})
    return result
  }

  open(values: TrainingValues, text: Text, stds: readonly number[], saved?: Saved<Part>): Promise<LossNews> {
    return this.after(async () => {
      const backend = await createWasmBackend({ threads: 1 })
      this.part = new Part(backend, values, cutText(text, values.vocab), stds)
      await (saved ? this.part.restore(saved) : done(this.part.begin()))
      return this.news()
    })
  }

  advance(values: TrainingValues): Promise<LossNews> {
    return this.after(async () => {
      await done(this.part.advance(values))
      return this.news()
    })
  }

  measure(): Promise<(ModelMeasurement | undefined)[]> {
    return this.after(() => done(this.part.measure()))
  }

  write(): Promise<string[]> {
    return this.after(() => done(this.part.write()))
  }

  save(): Promise<Saved<Part>> {
    return this.after(() => this.part.save())
  }

  private async news(): Promise<LossNews> {
    const { trainer } = this.part
    await trainer.readLosses()
    const losses = trainer.losses.map((all) => all.slice(this.told))
    this.told = trainer.step + 1
    return { losses, stoppedAt: [...trainer.stoppedAt] }
  }
}

async function done<Result>(work: Work<Result>): Promise<Result> {
  let next = await work.next()
  while (!next.done) next = await work.next()
  return next.value
}

export type { ModelsThread }

Comlink.expose(new ModelsThread())
