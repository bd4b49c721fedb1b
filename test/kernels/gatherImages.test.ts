import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, expectWithin, labelled, matricesOf, networkBackends, unwritten } from './manyModels.ts'

const cases = [
  { groups: 1, batch: 1, pixels: 4, count: 1 },
  { groups: 3, batch: 3, pixels: 12, count: 5 },
  { groups: 2, batch: 127, pixels: 784, count: 300 },
  { groups: 68, batch: 3, pixels: 784, count: 40 },
]

/** Bytes that differ from image to image and from pixel to pixel, all 256 of them among the first. */
const bytesOf = (count: number, pixels: number) =>
  Uint8Array.from({ length: count * pixels }, (_, i) => (i * 37 + Math.floor(i / 256) * 101) % 256)

/** The first byte of a word in its lowest byte, whatever order this machine has. */
const wordsOf = (bytes: Uint8Array) =>
  Uint32Array.from({ length: bytes.length / 4 }, (_, i) =>
    bytes.slice(4 * i, 4 * i + 4).reduce((word, byte, place) => word + byte * 2 ** (8 * place), 0),
  )

describe.each(networkBackends)('gatherImages on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const gathered = async (
    bytes: Uint8Array,
    pixels: number,
    chosen: readonly ArrayLike<number>[],
    layout = { offset: 3, gap: 5 },
  ) => {
    const batch = chosen[0].length
    const images = backend.upload(wordsOf(bytes), [bytes.length / pixels, pixels / 4])
    const all = Uint32Array.from(chosen.flatMap((own) => Array.from(own)))
    const indices = backend.upload(all, [all.length])
    const output = unwritten(backend, chosen.length, { rows: batch, columns: pixels, ...layout })
    backend.gatherImages(chosen.length, output, images, indices)
    const result = await matricesOf(backend, output)
    dispose(images, indices, output)
    return result
  }

  describe.each(cases)('$groups groups of $batch from $count images of $pixels', (size) => {
    it.each([
      { offset: 0, gap: 0 },
      { offset: 3, gap: 5 },
    ])('with offset $offset and gap $gap', async (layout) => {
      const { groups, batch, pixels, count } = size
      const bytes = bytesOf(count, pixels)
      const chosen = labelled(groups, batch, count, 3)
      const actual = await gathered(bytes, pixels, chosen, layout)
      for (const [group, rows] of actual.entries()) {
        const expected = Float32Array.from(rows, (_, i) => {
          const byte = bytes[chosen[group][Math.floor(i / pixels)] * pixels + (i % pixels)]
          // one product of float32: the same on every backend, bit for bit
          return (2 * byte - 255) * Math.fround(1 / 255)
        })
        expectWithin(rows, expected, () => 0)
      }
    })
  })

  it('makes −1…1 of all bytes, within a rounding, and exactly at the ends', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const [row] = await gathered(bytes, 256, [[0]])
    for (const byte of bytes) expect(Math.abs(row[byte] - ((2 * byte) / 255 - 1))).toBeLessThan(2 ** -23)
    expect([row[0], row[255]]).toEqual([-1, 1])
  })

  it('takes an index beyond the images as the last', async () => {
    const [rows] = await gathered(bytesOf(3, 4), 4, [[2, 3, 4000000000]])
    for (const start of [4, 8]) expect(rows.slice(start, start + 4)).toEqual(rows.slice(0, 4))
  })

  it('refuses what does not fit, and names it', () => {
    const images = backend.createTensor([5, 3], 'uint32')
    const indices = backend.createTensor([6], 'uint32')
    const output = { tensor: backend.createTensor([2, 36]), rows: 3, columns: 12 }
    const run = (wrong: object = {}, from = images, by = indices) =>
      backend.gatherImages(2, { ...output, ...wrong }, from, by)
    expect(() => run({ rows: 1, columns: 10 })).toThrow(/gatherImages: output.columns.*4.*10/)
    expect(() => run({ columns: 8 })).toThrow(/gatherImages: images is \[5, 3\].*\[5, 2\]/)
    expect(() => run({ rows: 2 })).toThrow(/gatherImages: indices is \[6\].*\[4\]/)
    expect(() => run({}, output.tensor)).toThrow(/gatherImages: images.*uint32/)
    expect(() => run({ period: 1 })).toThrow(/gatherImages: output.period/)
    dispose(images)
    expect(() => run()).toThrow(/gatherImages.*images.*disposed/)
    dispose(indices, output)
  })
})
