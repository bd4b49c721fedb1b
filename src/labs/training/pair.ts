/** Both models, on one thread or on two. The numbers of each model are the same to the bit in both cases. */
import type { Backend } from '../../compute/backend.ts'
import { cutText, type Text } from '../../data/text.ts'
import type { Saved } from '../common/savedTensors.ts'
import { layoutOf, stepOperations } from './layout.ts'
import type { ModelMeasurement } from './measurement.ts'
import { embeddingStds, type TrainingValues } from './parameters.ts'
import { Part } from './part.ts'
import { RemotePart } from './remotePart.ts'
import { beside, type Work } from './work.ts'

/** Floating-point operations of one model's step that are worth a thread of its own: some milliseconds. */
const worthThread = 2e8

export class Pair {
  /** The part that this thread works on: the first model, or both. */
  readonly own: Part
  private readonly other: RemotePart | undefined
  /** Unigram entropy of the text, nats. */
  readonly unigramEntropy: number

  constructor(backend: Backend, values: TrainingValues, text: Text) {
    const stds = embeddingStds(values)
    const operations = stepOperations(layoutOf(values), values.batchSize * values.context)
    const divided = backend.spareThreads > 0 && operations > worthThread
    const cut = cutText(text, values.vocab)
    this.unigramEntropy = cut.unigramEntropy
    this.own = new Part(backend, values, cut, divided ? stds.slice(0, 1) : stds)
    this.other = divided ? new RemotePart(values, text, stds.slice(1)) : undefined
  }

  /** The known losses of each model. */
  get losses(): readonly (readonly number[])[] {
    return [...this.own.trainer.losses, ...(this.other?.losses ?? [])]
  }

  /** As in `Trainer`. */
  get stoppedAt(): readonly number[] {
    return [...this.own.trainer.stoppedAt, ...(this.other?.stoppedAt ?? [])]
  }

  /** Does the work of this thread's part and that of the other's; returns the results of each. */
  private async *both<Result>(
    own: Work<Result>,
    other: (part: RemotePart) => Promise<Result>,
  ): Work<Result[]> {
    return this.other ? yield* beside(own, other(this.other)) : [yield* own]
  }

  async *begin(): Work {
    yield* this.both(this.own.begin(), (part) => part.begin())
  }

  /** One step with these live values. */
  async *advance(values: TrainingValues): Work {
    yield* this.both(this.own.advance(values), (part) => part.advance(values))
  }

  /** Measures the present step; undefined for a stopped model. */
  async *measure(): Work<(ModelMeasurement | undefined)[]> {
    return (yield* this.both(this.own.measure(), (part) => part.measure())).flat()
  }

  /** The text that each model writes at the present step. */
  async *write(): Work<string[]> {
    return (yield* this.both(this.own.write(), (part) => part.write())).flat()
  }

  /** No work may be under way. */
  async save(): Promise<Saved<Part>[]> {
    return Promise.all([this.own.save(), ...(this.other ? [this.other.save()] : [])])
  }

  async restore([own, other]: readonly Saved<Part>[]): Promise<void> {
    if ((other === undefined) !== (this.other === undefined))
      throw new RangeError('The saved run was divided in another way.')
    await Promise.all([this.own.restore(own), this.other?.begin(other)])
  }

  dispose(): void {
    this.own.dispose()
    this.other?.dispose()
  }
}
