import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { backends } from './backends.ts'
import { randomBitsReference } from './reference.ts'

const count = (length: number, first: number) => Array.from({ length }, (_, i) => first + i)

// sizes around the 4 columns of a counter and the 16 of four counters at once; counters near 2^32
const cases = [
  { rows: 1, columns: 1, firstRow: 0, source: { seed: 0, stream: 0 } },
  { rows: 1, columns: 3, firstRow: 5, source: { seed: 1, stream: 2 } },
  { rows: 3, columns: 16, firstRow: 0, source: { seed: 42, stream: 1, batch: 7 } },
  { rows: 5, columns: 17, firstRow: 1000, source: { seed: 0xdeadbeef, stream: 3, batch: 1 } },
  { rows: 67, columns: 130, firstRow: 262_100, source: { seed: 7, stream: 0 } },
  {
    rows: 2,
    columns: 9,
    firstRow: 0xfffffffe,
    source: { seed: 0xffffffff, stream: 0xffffffff, batch: 0xffffffff },
  },
]

describe.each(backends)('randomBits on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each(cases)(
    'draws Philox bit for bit: $rows × $columns',
    async ({ rows, columns, firstRow, source }) => {
      const output = backend.createTensor([rows, columns], 'uint32')
      backend.randomBits(output, source, firstRow)
      expect(await backend.read(output)).toEqual(randomBitsReference(source, count(rows, firstRow), columns))
      output.dispose()
    },
  )

  it('draws the published words for counter 0, key 0', async () => {
    const output = backend.createTensor([1, 4], 'uint32')
    backend.randomBits(output, { seed: 0, stream: 0 })
    expect([...(await backend.read(output))].map((word) => word.toString(16))).toEqual([
      '6627e8d5',
      'e169c58d',
      'bc57ac4c',
      '9b00dbd8',
    ])
    output.dispose()
  })

  it('draws the same row from any first row', async () => {
    const source = { seed: 3, stream: 1 }
    const whole = backend.createTensor([8, 10], 'uint32')
    const part = backend.createTensor([3, 10], 'uint32')
    backend.randomBits(whole, source)
    backend.randomBits(part, source, 4)
    expect(await backend.read(part)).toEqual((await backend.read(whole)).slice(40, 70))
    whole.dispose()
    part.dispose()
  })

  it('refuses a shape, a kind, a seed or rows that do not fit', () => {
    const source = { seed: 0, stream: 0 }
    const vector = backend.createTensor([4], 'uint32')
    expect(() => backend.randomBits(vector, source)).toThrow(/randomBits.*output.*\[4\]/)
    expect(() => backend.randomBits(vector, source)).toThrow(RangeError)
    const floats = backend.createTensor([1, 4])
    expect(() => backend.randomBits(floats, source)).toThrow(/randomBits.*output.*uint32/)
    const words = backend.createTensor([2, 4], 'uint32')
    expect(() => backend.randomBits(words, { seed: 1.5, stream: 0 })).toThrow(RangeError)
    expect(() => backend.randomBits(words, { seed: -1, stream: 0 })).toThrow(RangeError)
    expect(() => backend.randomBits(words, source, 0xffffffff)).toThrow(RangeError)
    words.dispose()
    expect(() => backend.randomBits(words, source)).toThrow(/randomBits.*output.*disposed/)
    vector.dispose()
    floats.dispose()
  })
})
