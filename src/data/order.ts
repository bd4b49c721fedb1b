/**
 * Decides the training images of a run. The 60,000 images are packed in one pseudo-random order, the same for
 * everybody, so that its first images are always a fair sample. A run of n images draws them by its seed:
 *
 *   n ≤ 5,000:  from the first 10,000 of the packed order, which are the first part of the download;
 *   n > 5,000:  from all 60,000.
 *
 * So a run's images depend only on (n, seed), not on the progress of the download, and a small run starts after a sixth
 * of the data. Two small runs share more images than two draws from all 60,000 would: on average n² / 10,000 of
 * their n images.
 */
import { multiplyHigh, randomWord, streams } from '../compute/random.ts'

export const trainingCount = 60_000
export const validationCount = 10_000
/** Training images in one part of the download. */
export const partCount = 10_000

/** A run of at most this many images draws them from the first part. */
const smallRun = 5_000

/**
 * The first `count` places of a shuffle of 0…total − 1 (Fisher–Yates from the front). The word of row i is scaled to
 * the number of remaining places by multiply and shift, as in `uniformIntegers`.
 */
function shuffled(count: number, total: number, seed: number, stream: number): Uint32Array {
  const order = Uint32Array.from({ length: total }, (_, i) => i)
  for (let i = 0; i < count; i++) {
    const other = i + multiplyHigh(randomWord({ seed, stream }, i, 0), total - i)
    const kept = order[i]
    order[i] = order[other]
    order[other] = kept
  }
  return order.slice(0, count)
}

/** For each place of the packed order, the image's place in the original file: [60,000]. */
export const packedOrder = () => shuffled(trainingCount, trainingCount, 0, streams.packedOrder)

/** Number of images of the packed order that a run of `trainSize` images needs, for any seed. */
export const trainingPool = (trainSize: number) => (trainSize <= smallRun ? partCount : trainingCount)

/**
 * The images of a run, as places in the packed order, all different, in the drawn order: [trainSize]. Throws a
 * RangeError unless trainSize is a whole number from 1 to 60,000.
 */
export function drawTraining(trainSize: number, seed: number): Uint32Array {
  if (!Number.isInteger(trainSize) || trainSize < 1 || trainSize > trainingCount)
    throw new RangeError(`drawTraining: trainSize must be a whole number from 1 to 60000, not ${trainSize}.`)
  return shuffled(trainSize, trainingPool(trainSize), seed, streams.trainingImages)
}
