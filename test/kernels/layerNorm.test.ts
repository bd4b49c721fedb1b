import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { backends } from './backends.ts'
import { largestDifference, layerNormReference } from './reference.ts'

/** Rows of different size and centre, so that a row that takes its neighbour's statistics is seen. */
const rowsOf = (rows: number, columns: number, size: number, centre: number) =>
  Float32Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns)
    return centre * (1 + row) + size * (1 + 0.3 * row) * Math.sin(i * 12.9898 + Math.cos(i * 0.37))
  })

const cases = [
  { rows: 1, columns: 1, size: 1, centre: 0 },
  { rows: 3, columns: 1, size: 1, centre: 5 },
  { rows: 2, columns: 3, size: 1, centre: 0 },
  { rows: 7, columns: 33, size: 1, centre: 2 },
  { rows: 5, columns: 1027, size: 30, centre: -4 },
  { rows: 64, columns: 768, size: 1, centre: 0 },
  // below ε the variance is not brought to 1
  { rows: 4, columns: 50, size: 1e-4, centre: 0 },
  { rows: 4, columns: 50, size: 1e6, centre: 0 },
  { rows: 9, columns: 4096, size: 1, centre: 100 },
]

describe.each(backends)('layerNorm on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  describe.each(cases)('$rows × $columns, size $size, centre $centre', ({ rows, columns, size, centre }) => {
    const data = rowsOf(rows, columns, size, centre)
    const expected = layerNormReference(data, rows, columns)
    // the mean of float32 sums is off by a few roundings of the largest input, in units of the deviation;
    // outputs themselves are of size 1 and rounded a handful of times
    const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
    const deviation = Math.max(size / Math.SQRT2, 3e-3)
    const tolerance = 1e-6 + 4 * 2 ** -23 * (largest / deviation)

    it.each(['a new tensor', 'itself'])('into %s', async (place) => {
      const input = backend.upload(data, [rows, columns])
      const output = place === 'itself' ? input : backend.createTensor([rows, columns])
      backend.layerNorm(output, input)
      const actual = await backend.read(output)
      expect(largestDifference(actual, expected)).toBeLessThan(tolerance)
      expect(actual.every(Number.isFinite)).toBe(true)
      input.dispose()
      output.dispose()
    })
  })

  it('gives zeros for a row of equal numbers', async () => {
    const input = backend.upload(new Float32Array(40).fill(2.5), [2, 20])
    backend.layerNorm(input, input)
    expect((await backend.read(input)).every((value) => value === 0)).toBe(true)
    input.dispose()
  })

  it('refuses shapes that differ or have no rows', () => {
    const input = backend.createTensor([2, 3])
    const other = backend.createTensor([3, 2])
    const vector = backend.createTensor([6])
    expect(() => backend.layerNorm(other, input)).toThrow(RangeError)
    expect(() => backend.layerNorm(other, input)).toThrow(/layerNorm.*output/)
    expect(() => backend.layerNorm(other, input)).toThrow(/\[3, 2\].*\[2, 3\]|\[2, 3\].*\[3, 2\]/)
    expect(() => backend.layerNorm(vector, vector)).toThrow(RangeError)
    input.dispose()
    expect(() => backend.layerNorm(other, input)).toThrow(/layerNorm.*input.*disposed/)
    other.dispose()
    vector.dispose()
  })
})
