/** MNIST in the page: the packed parts, each downloaded once for all callers. Knows no DOM. */
import { Download, type LoadProgress, loadAll } from './download.ts'
import { imageBytes, imageFileBytes, imageSignature, readImages, readLabels, side } from './idx.ts'
import { partCount, trainingCount, validationCount } from './order.ts'
import { type Part, partBytes, trainingParts, validationPart } from './parts.ts'

/** Shared by all callers: read it only, and never transfer it. */
export interface Mnist {
  readonly count: number
  /** [count, 28, 28]: 0 is background, 255 ink. */
  readonly images: Uint8Array
  /** [count]: 0…9. */
  readonly labels: Uint8Array
}

const addresses = import.meta.glob<string>('./generated/mnist-*.bin', {
  query: '?url',
  import: 'default',
  eager: true,
})

/** One set of images; arriving parts are written to their places. */
class Store {
  readonly #parts: readonly Part[]
  readonly #images: Uint8Array
  readonly #labels: Uint8Array
  readonly #downloads: readonly Download<void>[]

  constructor(parts: readonly Part[], count: number) {
    this.#parts = parts
    this.#images = new Uint8Array(count * imageBytes)
    this.#labels = new Uint8Array(count)
    this.#downloads = parts.map(({ name, count, sha256 }, index) => {
      const first = this.#count(index)
      const file = {
        source: 'MNIST',
        name: `${name}.bin`,
        address: addresses[`./generated/${name}.bin`],
        signature: imageSignature,
        bytes: partBytes(count),
        sha256,
      }
      return new Download(file, (bytes) => {
        const end = imageFileBytes(count)
        this.#images.set(readImages(bytes.subarray(0, end), count), first * imageBytes)
        this.#labels.set(readLabels(bytes.subarray(end), count), first)
      })
    })
  }

  /** Number of images in the first parts. */
  #count(parts: number): number {
    return this.#parts.slice(0, parts).reduce((sum, part) => sum + part.count, 0)
  }

  /** The first `wanted` parts. */
  async load(wanted: number, onProgress?: (progress: LoadProgress) => void): Promise<Mnist> {
    await loadAll(this.#downloads.slice(0, wanted), onProgress)
    const count = this.#count(wanted)
    return {
      count,
      images: this.#images.subarray(0, count * imageBytes),
      labels: this.#labels.subarray(0, count),
    }
  }
}

let training: Store | undefined
let validation: Store | undefined

/**
 * Loads whole parts of the training images in the packed order, at least the first `count` images. `trainingPool` gives
 * the number that a run needs, and `drawTraining` chooses from them. `onProgress` is called at once, and whenever more
 * has arrived. Rejects with a DataError; with a RangeError unless count is 1…60,000.
 */
export async function loadTraining(
  count: number,
  onProgress?: (progress: LoadProgress) => void,
): Promise<Mnist> {
  if (!Number.isInteger(count) || count < 1 || count > trainingCount)
    throw new RangeError(`loadTraining: count must be a whole number from 1 to 60000, not ${count}.`)
  training ??= new Store(trainingParts, trainingCount)
  return training.load(Math.ceil(count / partCount), onProgress)
}

/** The 10,000 test images in their original order. Rejects with a DataError. */
export async function loadValidation(onProgress?: (progress: LoadProgress) => void): Promise<Mnist> {
  validation ??= new Store([validationPart], validationCount)
  return validation.load(1, onProgress)
}

/**
 * Halves the sides of images [n, 28, 28] to [n, 14, 14]: each pixel is the mean of 2×2, rounded to the nearest byte
 * (halves up). It differs by at most half a byte, 0.2 % of the range, from the mean in floating point.
 */
export function averaged(images: Uint8Array): Uint8Array {
  if (images.length % imageBytes)
    throw new RangeError(`averaged: ${images.length} bytes are no whole images of ${side}×${side}.`)
  const half = side / 2
  const smaller = new Uint8Array(images.length / 4)
  for (let row = 0, to = 0; row < smaller.length / half; row++)
    for (let column = 0; column < half; column++) {
      const at = 2 * (row * side + column)
      smaller[to++] = (images[at] + images[at + 1] + images[at + side] + images[at + side + 1] + 2) >> 2
    }
  return smaller
}
