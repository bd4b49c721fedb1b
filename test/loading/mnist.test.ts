/** MNIST as the page loads it: from the dev server, with files that are missing, damaged or cut short on the way. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DataError, type LoadProgress } from '../../src/data/download.ts'
import { imageBytes } from '../../src/data/idx.ts'
import { averaged, loadTraining, loadValidation } from '../../src/data/mnist.ts'
import { partBytes } from '../../src/data/parts.ts'
import { codeOf } from '../../src/faults.ts'

function classCounts(labels: Uint8Array): number[] {
  const counts = new Array<number>(10).fill(0)
  for (const label of labels) counts[label]++
  return counts
}

/** Of so many pixels that a call for each would take a second. */
function meanOf(pixels: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < pixels.length; i++) sum += pixels[i]
  return sum / pixels.length / 255
}

type Answer = (original: Response) => Promise<Response> | Response

/** Puts `answer` between the page and the files whose address holds `name`; returns the requests seen. */
function intercept(name: string, answer: Answer): RequestInit[] {
  const seen: RequestInit[] = []
  const { fetch } = globalThis
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const original = await fetch(address, init)
    if (!address.includes(name)) return original
    seen.push(init)
    return answer(original)
  })
  return seen
}

const piped = async (response: Response, transform: CompressionStream | DecompressionStream) =>
  new Uint8Array(await new Response(response.body!.pipeThrough(transform)).arrayBuffer())

const unpackedBytes = (response: Response) => piped(response, new DecompressionStream('gzip'))
const packedBytes = (bytes: Uint8Array<ArrayBuffer>) =>
  piped(new Response(bytes), new CompressionStream('gzip'))

let wrong: Promise<Uint8Array<ArrayBuffer>> | undefined
const wrongPixel: Answer = async (original) => {
  // packed once: that takes longest
  wrong ??= unpackedBytes(original).then((bytes) => {
    bytes[5000] ^= 1
    return packedBytes(bytes)
  })
  return new Response(await wrong)
}

async function refusal(loading: Promise<unknown>): Promise<DataError> {
  const error = await loading.then(
    () => new Error('it was loaded'),
    (cause) => cause,
  )
  expect(error).toBeInstanceOf(DataError)
  expect(error.message).toContain('Trying again is possible.')
  expect(codeOf(error)).toBe('tryAgain')
  return error
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a file that does not arrive as it should', () => {
  const faults: readonly (readonly [string, Answer, RegExp])[] = [
    [
      'is missing',
      () => new Response('no', { status: 404 }),
      /mnist-training-0\.bin is missing: .* answered 404/,
    ],
    ['is answered by a page', () => new Response('<!doctype html>'), /is something else: .* text\/plain/],
    ['is empty', () => new Response(''), /neither gzip nor what was packed/],
    ['cannot be fetched', () => Promise.reject(new TypeError('offline')), /could not be fetched \(offline\)/],
    [
      'is cut short',
      async (original) => new Response((await original.arrayBuffer()).slice(0, 900_000)),
      /damaged or cut short after [\d,]+ bytes/,
    ],
    [
      'is cut short before it was packed',
      async (original) => new Response(await packedBytes((await unpackedBytes(original)).slice(0, -1))),
      /cut short: 7850023 of 7850024 bytes/,
    ],
    [
      'is too long',
      async (original) => {
        const bytes = await unpackedBytes(original)
        const longer = new Uint8Array(bytes.length + 1)
        longer.set(bytes)
        return new Response(await packedBytes(longer))
      },
      /longer than 7850024 bytes/,
    ],
    [
      'has a wrong bit on the way',
      async (original) => {
        const bytes = new Uint8Array(await original.arrayBuffer())
        bytes[700_000] ^= 4
        return new Response(bytes)
      },
      /damaged/,
    ],
    ['has a wrong pixel', wrongPixel, /its checksum differs/],
  ]
  it.each(faults)('is refused by name when it %s', async (_, answer, message) => {
    intercept('training-0', answer)
    const error = await refusal(loadTraining(5000))
    expect(error.message).toMatch(message)
    expect(error.file).toBe('mnist-training-0.bin')
  })

  it('refuses a wrong pixel without the browser’s own digest too, and says so to all who wait', async () => {
    const seen = intercept('training-0', wrongPixel)
    vi.stubGlobal('crypto', {})
    const both = [loadTraining(5000), loadTraining(10_000)].map(refusal)
    for (const { message } of await Promise.all(both)) expect(message).toContain('its checksum differs')
    expect(seen.length).toBe(1)
  })

  it('comes when asked for again, past the browser’s cache, and then stays', async () => {
    const seen = intercept('training-', (original) => original)
    const told: LoadProgress[] = []
    const training = await loadTraining(5000, (progress) => told.push(progress))
    expect(seen.map(({ cache }) => cache)).toEqual(['reload'])
    expect(training.count).toBe(10_000)
    expect(training.images.length).toBe(10_000 * imageBytes)
    expect(classCounts(training.labels.subarray(0, 5000))).toEqual([
      521, 547, 500, 548, 480, 424, 471, 498, 511, 500,
    ])

    expect(told[0]).toEqual({ loaded: 0, total: partBytes(10_000) })
    expect(told.at(-1)).toEqual({ loaded: partBytes(10_000), total: partBytes(10_000) })
    expect(told.length).toBeGreaterThan(3)
    for (let i = 1; i < told.length; i++) expect(told[i].loaded).toBeGreaterThan(told[i - 1].loaded)

    const again = await loadTraining(10_000)
    expect(again.images.buffer).toBe(training.images.buffer)
    expect(seen.length).toBe(1)
  })
})

describe('the whole data', () => {
  it('takes an answer that the server has unpacked already', async () => {
    intercept('mnist-validation', async (original) => new Response(await unpackedBytes(original)))
    const validation = await loadValidation()
    expect(validation.count).toBe(10_000)
    expect(classCounts(validation.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    // a seven is the first test image, as everywhere where MNIST is shown
    expect([...validation.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    expect(meanOf(validation.images)).toBeCloseTo(0.1325, 4)
    expect(averaged(validation.images).length).toBe(10_000 * 196)
  })

  it('keeps the other parts when one fails, and fetches none twice', async () => {
    const name = 'mnist-training-3'
    intercept(name, () => new Response('', { status: 503 }))
    expect((await refusal(loadTraining(60_000))).file).toBe(`${name}.bin`)
    vi.unstubAllGlobals()

    const seen = intercept('training-', (original) => original)
    const told: LoadProgress[] = []
    const [training, shared] = await Promise.all([
      loadTraining(60_000, (progress) => told.push(progress)),
      loadTraining(60_000),
    ])
    expect(seen.length).toBe(1)
    expect(shared.labels).toEqual(training.labels)
    expect(told.at(-1)).toEqual({ loaded: 6 * partBytes(10_000), total: 6 * partBytes(10_000) })
    expect(classCounts(training.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(meanOf(training.images)).toBeCloseTo(0.1307, 4)
  })

  it('refuses counts that there are not', async () => {
    for (const count of [0, 60_001, Number.NaN]) await expect(loadTraining(count)).rejects.toThrow(RangeError)
  })
})
