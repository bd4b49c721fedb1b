/**
 * MNIST in the page: fetches the packed parts, unpacks and verifies them. Knows no DOM. A part is fetched once,
 * whoever asks for it; one that failed is fetched anew when it is asked for again.
 */
import { imageBytes, imageFileBytes, readImages, readLabels, side } from './idx.ts'
import { partCount, trainingCount, validationCount } from './order.ts'
import { type Part, partBytes, trainingParts, validationPart } from './parts.ts'
import { sha256 } from './sha256.ts'

/** Bytes of the unpacked data (about 4.8 times the download) that are here, of those that the call waits for. */
export interface MnistProgress {
  readonly loaded: number
  readonly total: number
}

/** Shared by all who ask: to be read only, never transferred. */
export interface Mnist {
  readonly count: number
  /** [count, 28, 28]: 0 is background, 255 ink. */
  readonly images: Uint8Array
  /** [count]: 0…9. */
  readonly labels: Uint8Array
}

/** A part of the data that is missing or damaged. Trying again is possible. */
export class DataError extends Error {
  override readonly name = 'DataError'

  constructor(
    readonly file: string,
    readonly fault: string,
    options?: ErrorOptions,
  ) {
    super(`MNIST: the file ${file} ${fault}. Trying again is possible.`, options)
  }
}

type Bytes = Uint8Array<ArrayBuffer>

const addresses = import.meta.glob<string>('./generated/*.bin', {
  query: '?url',
  import: 'default',
  eager: true,
})

const told = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** The body with its first bytes known, still unread. */
async function withBeginning(body: ReadableStream<Bytes>) {
  const reader = body.getReader()
  let beginning: Bytes = new Uint8Array(0)
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    beginning = beginning.length ? new Uint8Array([...beginning, ...value]) : value
    if (beginning.length >= 4) break
  }
  const whole = new ReadableStream<Bytes>({
    start(controller) {
      controller.enqueue(beginning)
    },
    async pull(controller) {
      const { value, done } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { beginning, whole }
}

/** The body's bytes, unpacked unless the server or the browser did so already. Undefined: neither. */
async function unpacked(body: ReadableStream<Bytes>): Promise<ReadableStream<Bytes> | undefined> {
  const { beginning, whole } = await withBeginning(body)
  const [first, second, third, fourth] = beginning
  if (first === 0x1f && second === 0x8b) return whole.pipeThrough(new DecompressionStream('gzip'))
  if (first === 0 && second === 0 && third === 8 && fourth === 3) return whole
  await whole.cancel()
  return undefined
}

/** One part's bytes, fetched, unpacked and verified. Throws a DataError. */
async function fetchPart(part: Part, anew: boolean, onLoaded: (bytes: number) => void): Promise<Bytes> {
  const file = `${part.name}.bin`
  let response: Response
  try {
    // what was damaged may lie in the browser's cache
    response = await fetch(addresses[`./generated/${file}`], { cache: anew ? 'reload' : 'default' })
  } catch (cause) {
    throw new DataError(file, `could not be fetched (${told(cause)})`, { cause })
  }
  if (!response.ok) throw new DataError(file, `is missing: the server answered ${response.status}`)
  const bytes = new Uint8Array(partBytes(part.count))
  let loaded = 0
  try {
    const stream = response.body && (await unpacked(response.body))
    if (!stream) {
      const type = response.headers.get('content-type') ?? 'no named type'
      throw new DataError(file, `is something else: the server sent ${type}, neither gzip nor IDX`)
    }
    const reader = stream.getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      if (loaded + value.length > bytes.length) {
        await reader.cancel()
        throw new DataError(file, `is damaged: it is longer than ${bytes.length} bytes unpacked`)
      }
      bytes.set(value, loaded)
      onLoaded((loaded += value.length))
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw new DataError(file, `is damaged or cut short after ${loaded} bytes unpacked (${told(cause)})`, {
      cause,
    })
  }
  if (loaded < bytes.length)
    throw new DataError(file, `is cut short: ${loaded} of ${bytes.length} bytes unpacked`)
  if ((await sha256(bytes)) !== part.sha256)
    throw new DataError(file, 'is damaged: its checksum differs from the one it should have')
  return bytes
}

/** One set of images, whose parts arrive in their places. */
class Store {
  readonly #parts: readonly Part[]
  readonly #images: Uint8Array
  readonly #labels: Uint8Array
  /** Unpacked bytes that are here, part by part. */
  readonly #loaded: number[]
  readonly #arrivals: (Promise<void> | undefined)[] = []
  readonly #failed = new Set<number>()
  readonly #listeners = new Set<() => void>()

  constructor(parts: readonly Part[], count: number) {
    this.#parts = parts
    this.#images = new Uint8Array(count * imageBytes)
    this.#labels = new Uint8Array(count)
    this.#loaded = parts.map(() => 0)
  }

  async #fetch(index: number): Promise<void> {
    const part = this.#parts[index]
    const first = this.#parts.slice(0, index).reduce((sum, { count }) => sum + count, 0)
    try {
      const bytes = await fetchPart(part, this.#failed.has(index), (loaded) => {
        this.#loaded[index] = loaded
        for (const listener of this.#listeners) listener()
      })
      const end = imageFileBytes(part.count)
      this.#images.set(readImages(bytes.subarray(0, end), part.count), first * imageBytes)
      this.#labels.set(readLabels(bytes.subarray(end), part.count), first)
    } catch (cause) {
      this.#failed.add(index)
      this.#loaded[index] = 0
      this.#arrivals[index] = undefined
      throw cause
    }
  }

  /** The first `wanted` parts. */
  async load(wanted: number, onProgress?: (progress: MnistProgress) => void): Promise<Mnist> {
    const parts = this.#parts.slice(0, wanted)
    const total = parts.reduce((sum, { count }) => sum + partBytes(count), 0)
    const listener = () =>
      onProgress?.({ loaded: this.#loaded.slice(0, wanted).reduce((sum, bytes) => sum + bytes, 0), total })
    this.#listeners.add(listener)
    try {
      listener()
      await Promise.all(parts.map((_, index) => (this.#arrivals[index] ??= this.#fetch(index))))
    } finally {
      this.#listeners.delete(listener)
    }
    const count = parts.reduce((sum, part) => sum + part.count, 0)
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
 * The training images in the packed order, at least the first `count` of them: whole parts. `trainingPool` says
 * how many a run needs, and `drawTraining` which of them. `onProgress` is told at once how far it is, and
 * whenever more is here. Rejects with a DataError; with a RangeError unless count is 1…60,000.
 */
export async function loadTraining(
  count: number,
  onProgress?: (progress: MnistProgress) => void,
): Promise<Mnist> {
  if (!Number.isInteger(count) || count < 1 || count > trainingCount)
    throw new RangeError(`loadTraining: count must be a whole number from 1 to 60000, not ${count}.`)
  training ??= new Store(trainingParts, trainingCount)
  return training.load(Math.ceil(count / partCount), onProgress)
}

/** The 10,000 test images in their original order. Rejects with a DataError. */
export async function loadValidation(onProgress?: (progress: MnistProgress) => void): Promise<Mnist> {
  validation ??= new Store([validationPart], validationCount)
  return validation.load(1, onProgress)
}

/**
 * Images [n, 28, 28] with half the pixels a side, each the mean of 2×2, rounded to the nearest byte (halves up):
 * [n, 14, 14]. The rounding is off by half a byte at most, 0.2 % of the range, from the mean in floating point.
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
