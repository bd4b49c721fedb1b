import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { backends } from './backends.ts'
import { largestDifference } from './reference.ts'

const wave = (length: number, phase: number, size = 1) =>
  Float32Array.from({ length }, (_, i) => size * Math.sin(i * 1.7 + phase))

const cases = [
  { shape: [1], a: 1, b: 1, size: 1 },
  { shape: [3, 7], a: 0.5, b: -2, size: 1 },
  { shape: [5, 1, 13], a: 1e-20, b: 3, size: 1e20 },
  { shape: [1031], a: 0, b: 1, size: 1e-30 },
  { shape: [64, 1000], a: -0.1, b: 0.9, size: 100 },
]

describe.each(backends)('weightedSum on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  describe.each(cases)('shape $shape, $a and $b', ({ shape, a, b, size }) => {
    const length = shape.reduce((product, n) => product * n, 1)
    const x = wave(length, 0, size)
    const y = wave(length, 2)
    // three roundings of float32 (2^-24 each), of scales that are rounded too
    const tolerance = 2 ** -21 * (Math.abs(a) * size + Math.abs(b))

    it.each(['a new tensor', 'first', 'second'])('into %s', async (place) => {
      const first = backend.upload(x, shape)
      const second = backend.upload(y, shape)
      const fresh = backend.createTensor(shape)
      const output = place === 'first' ? first : place === 'second' ? second : fresh
      backend.weightedSum(output, first, a, second, b)
      const actual = await backend.read(output)
      const expected = Float64Array.from(x, (value, i) => a * value + b * y[i])
      expect(largestDifference(actual, expected)).toBeLessThanOrEqual(tolerance)
      for (const tensor of [first, second, fresh]) tensor.dispose()
    })
  })

  it('takes one tensor twice', async () => {
    const x = backend.upload(Float32Array.of(1, -2, 3), [3])
    backend.weightedSum(x, x, 2, x, 3)
    expect([...(await backend.read(x))]).toEqual([5, -10, 15])
    x.dispose()
  })

  it('carries infinity and NaN', async () => {
    const x = backend.upload(Float32Array.of(Infinity, Number.NaN, 1), [3])
    const y = backend.upload(Float32Array.of(1, 1, -Infinity), [3])
    backend.weightedSum(x, x, 1, y, 1)
    expect([...(await backend.read(x))]).toEqual([Infinity, Number.NaN, -Infinity])
    x.dispose()
    y.dispose()
  })

  it('refuses tensors of different shapes, and disposed ones', () => {
    const x = backend.createTensor([2, 3])
    const y = backend.createTensor([3, 2])
    expect(() => backend.weightedSum(x, x, 1, y, 1)).toThrow(RangeError)
    expect(() => backend.weightedSum(x, x, 1, y, 1)).toThrow(/weightedSum.*second/)
    expect(() => backend.weightedSum(x, x, 1, y, 1)).toThrow(/\[3, 2\].*\[2, 3\]|\[2, 3\].*\[3, 2\]/)
    expect(() => backend.weightedSum(y, x, 1, x, 1)).toThrow(RangeError)
    y.dispose()
    expect(() => backend.weightedSum(x, x, 1, y, 1)).toThrow(/weightedSum.*second.*disposed/)
    x.dispose()
  })
})
