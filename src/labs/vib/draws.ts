/** Everything that a run's seeds decide, from the counter-based generator: the order of the images, and the noise. */
import type { RandomSource } from '../../compute/backend.ts'
import { multiplyHigh, philox, streams } from '../../compute/random.ts'
import { drawTraining } from '../../data/order.ts'

/** Rows of the noise stream for each seed: one row an image and step. */
const rowsOfSeed = 2 ** 28

/** The seed with this index in a run; the first one is the run's own seed. */
export function seedOf(runSeed: number, index: number): number {
  return (runSeed + index) >>> 0
}

/**
 * A shuffled copy; the source's row decides the order (Fisher–Yates from the front). The word of column i chooses among
 * the remaining items, scaled to their number by multiply and shift.
 */
export function shuffledCopy(items: Uint32Array, source: RandomSource, row: number): Uint32Array {
  const order = items.slice()
  const key = [source.seed, 0] as const
  let words: readonly number[] = []
  for (let i = 0; i < order.length; i++) {
    if ((i & 3) === 0) words = philox([i >>> 2, row, source.stream, source.batch ?? 0], key)
    const other = i + multiplyHigh(words[i & 3], order.length - i)
    const kept = order[i]
    order[i] = order[other]
    order[other] = kept
  }
  return order
}

/** One seed's training images, reshuffled every epoch. */
export class ImageOrder {
  /** Steps of an epoch: whole batches only. The remaining images of a shuffle are left out in this epoch. */
  readonly stepsPerEpoch: number
  /** Places of the drawn images in the packed order. */
  readonly drawn: Uint32Array
  private epoch = -1
  private order: Uint32Array = new Uint32Array()

  constructor(
    private readonly seed: number,
    trainSize: number,
    private readonly batchSize: number,
  ) {
    this.drawn = drawTraining(trainSize, seed)
    this.stepsPerEpoch = Math.floor(trainSize / batchSize)
  }

  /** Places of the batch for the step that follows after `step` steps. */
  batch(step: number): Uint32Array {
    const epoch = Math.floor(step / this.stepsPerEpoch)
    if (epoch !== this.epoch) {
      const source = { seed: this.seed, stream: streams.epochOrder }
      this.order = shuffledCopy(this.drawn, source, epoch)
      this.epoch = epoch
    }
    const first = (step % this.stepsPerEpoch) * this.batchSize
    return this.order.subarray(first, first + this.batchSize)
  }
}

/** Rows of the stream of training noise for each image of so many steps and seeds: [seeds · steps · batchSize]. */
export function noiseRows(
  firstSeed: number,
  seeds: number,
  firstStep: number,
  steps: number,
  batchSize: number,
): Uint32Array {
  const images = steps * batchSize
  return Uint32Array.from(
    { length: seeds * images },
    (_, i) => (firstSeed + Math.floor(i / images)) * rowsOfSeed + firstStep * batchSize + (i % images),
  )
}

/**
 * Rows of a stream for so many samples, [count], starting at row `first`. Each sample is renewed every `life` steps,
 * one sample after the other.
 */
export function renewedRows(
  first: number,
  count: number,
  step: number,
  life: number,
): Uint32Array<ArrayBuffer> {
  const generation = (sample: number) => Math.floor(step / life + sample / count)
  return Uint32Array.from({ length: count }, (_, sample) => first + sample + count * generation(sample))
}
