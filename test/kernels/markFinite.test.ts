import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, laid, networkBackends } from './manyModels.ts'

/** The largest float32, and the least above 0 that is normal. */
const largest = (2 - 2 ** -23) * 2 ** 127
const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

describe.each(networkBackends)('markFinite on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function marks(alive: number[], values: Float32Array[]) {
    const tensor = backend.upload(Float32Array.from(alive), [alive.length])
    const matrices = laid(backend, values, { rows: 1, columns: values[0].length, offset: 3, gap: 1 })
    backend.markFinite(alive.length, tensor, matrices)
    const result = [...(await backend.read(tensor))]
    dispose(tensor, matrices)
    return result
  }

  it('leaves models alone whose numbers are finite, however large', async () => {
    const values = [largest, -largest, 0, -0, 1e-45, 2 ** -126].flatMap((value) => [
      new Float32Array(333).fill(value),
    ])
    // alternating signs and a single large number too
    values.push(values[0].map((value, i) => (i % 2 ? value : -value)))
    values.push(new Float32Array(333).fill(1).fill(largest, 17, 18))
    expect(await marks([1, 1, 1, 1, 0, 1, 2, 0.5], values)).toEqual([1, 1, 1, 1, 0, 1, 2, 0.5])
  })

  it('looks at nothing around the matrices', async () => {
    const all = new Float32Array(2 + 3 * 9).fill(Number.NaN)
    for (const start of [2, 11, 20]) all.fill(1, start, start + 6)
    const values = { tensor: backend.upload(all, [29]), rows: 2, columns: 3, offset: 2, stride: 9 }
    const alive = backend.upload(Float32Array.of(1, 1, 1), [3])
    backend.markFinite(3, alive, values)
    expect([...(await backend.read(alive))]).toEqual([1, 1, 1])
    dispose(alive, values)
  })

  it.each(bad)('finds a single %d wherever it is', async (value) => {
    for (const count of [1, 5, 64, 2051]) {
      const places = [...new Set([0, 1, 2, 3, 4, 63, 64, 1024, count - 2, count - 1])].filter(
        (place) => place >= 0 && place < count,
      )
      const values = places.flatMap((place) => {
        const matrix = new Float32Array(count).fill(-3)
        // every other model has none
        return [matrix, matrix.slice().fill(value, place, place + 1)]
      })
      const alive = values.map(() => 1)
      expect(await marks(alive, values)).toEqual(alive.map((_, model) => 1 - (model % 2)))
    }
  })

  it('marks every model that shares what is not finite, and only these of 68', async () => {
    const values = [1, Number.NaN, 2].map((value) => new Float32Array(10).fill(value))
    const tensor = backend.upload(new Float32Array(68).fill(1), [68])
    const shared = laid(backend, values, { rows: 2, columns: 5 })
    backend.markFinite(68, tensor, shared)
    expect([...(await backend.read(tensor))]).toEqual(Array.from({ length: 68 }, (_, i) => +(i % 3 !== 1)))
    dispose(tensor, shared)
  })

  it('refuses by name what does not fit', () => {
    const [alive, values] = [backend.createTensor([2]), backend.createTensor([12])]
    const matrices = { tensor: values, rows: 2, columns: 3 }
    const refused = (message: RegExp, ...given: Parameters<typeof backend.markFinite>) => {
      expect(() => backend.markFinite(...given)).toThrow(RangeError)
      expect(() => backend.markFinite(...given)).toThrow(message)
    }
    refused(/markFinite: models .*0/, 0, alive, matrices)
    refused(/markFinite: alive is \[2\].*\[1\]/, 1, alive, matrices)
    refused(/markFinite: values needs .*15.*\[12\]/, 2, alive, { ...matrices, offset: 3 })
    refused(/markFinite: alive .*values/, 2, alive, { tensor: alive, rows: 1, columns: 1 })
    dispose(alive, values)
  })
})
