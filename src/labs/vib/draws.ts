/** Everything that a run's seeds decide, drawn from the counter-based generator: which image when, and which noise. */
import type { RandomSource } from '../../compute/backend.ts'
import { multiplyHigh, philox, streams } from '../../compute/random.ts'
import { drawTraining } from '../../data/order.ts'

/** Rows of the noise stream that a seed has for itself: an image in a step is one. */
const rowsOfSeed = 2 ** 28

/** Each of a run's seeds is a seed of its own: the first one's is the run's. */
export function seedOf(runSeed: number, index: number): number {
  return (runSeed + index) >>> 0
}

/**
 * A copy in an order decided by the source's row (Fisher–Yates from the front; the word of column i is scaled to
 * what is left by multiply and shift).
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
  /** Steps of an epoch: whole batches; what is left over of a shuffle has its turn in another epoch's. */
  readonly stepsPerEpoch: number
  /** Places in the packed order. */
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

  /** Places of the batch that the step after `step` steps trains on. */
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

/** Rows of the stream of training noise, for so many steps' images of each seed: [seeds · steps · batchSize]. */
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
 * Rows of a stream for so many samples that stand for a while: each is another one every `life` steps, one after the
 * other. From `first` on: [count].
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
