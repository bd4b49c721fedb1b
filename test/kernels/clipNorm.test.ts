import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import {
  dispose,
  expectSame,
  expectWithin,
  laid,
  matricesOf,
  networkBackends,
  several,
} from './manyModels.ts'
import { normReference, normTolerance, sizesOfNorms } from './transformerReference.ts'

const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

describe.each(networkBackends)('clipNorm on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function clipped(given: Float32Array[], limit: number, columns = 1) {
    const [models, rows] = [given.length, given[0].length / columns]
    const values = { ...laid(backend, given, { rows, columns, offset: 3, gap: 5 }), period: undefined }
    const norms = backend.createTensor([models])
    backend.clipNorm(models, values, norms, limit)
    const result = { values: await matricesOf(backend, values), norms: await backend.read(norms) }
    dispose(values, norms)
    return result
  }

  it.each([1, 3, 64, 2051, 70000])(
    'measures and leaves %d values alone that are within the limit',
    async (count) => {
      const given = several(3, count, 3)
      for (const limit of [Infinity, 1e3]) {
        const { values, norms } = await clipped(given, limit)
        const expected = given.map(normReference)
        expectWithin(norms, expected, (model) => normTolerance * expected[model])
        expectSame(values, given)
      }
    },
  )

  it.each([1, 3, 64, 2051, 70000])(
    'scales %d values that are not, each model by its own norm',
    async (count) => {
      const given = several(3, count, 3).map((values, model) =>
        values.map((value) => value * [1, 1e-4, 50][model]),
      )
      const limit = normReference(given[0]) / 2
      const { values, norms } = await clipped(given, limit)
      const expected = given.map(normReference)
      expectWithin(norms, expected, (model) => normTolerance * expected[model])
      expectSame([values[1]], [given[1]])
      for (const model of [0, 2]) {
        const factor = limit / expected[model]
        expectWithin(
          values[model],
          given[model].map((value) => value * factor),
          (i) => 2 * normTolerance * Math.abs(given[model][i] * factor),
        )
      }
    },
  )

  it.each(sizesOfNorms)('clips values of size %d', async (size) => {
    const given = several(2, 300, 3, size)
    const { values, norms } = await clipped(given, size / 7, 20)
    for (const model of [0, 1]) {
      const expected = normReference(given[model])
      expectWithin([norms[model]], [expected], () => normTolerance * expected)
      const norm = normReference(values[model])
      expectWithin([norm], [size / 7], () => (2 * normTolerance * size) / 7)
    }
  })

  it('leaves zeros as they are', async () => {
    const { values, norms } = await clipped([new Float32Array(10)], 1e-3)
    expect([...norms]).toEqual([0])
    expect(values[0].every((value) => value === 0)).toBe(true)
  })

  it.each(bad)(
    'gives a norm that is not finite for a single %d, and leaves that model, not its neighbours',
    async (value) => {
      for (const count of [1, 5, 700]) {
        const given = several(3, count, 3, 100)
        given[1][count - 1] = value
        const { values, norms } = await clipped(given, 1e-3)
        expect([...norms].map(Number.isFinite)).toEqual([true, false, true])
        expect(values[1]).toEqual(given[1])
        for (const model of [0, 2]) expect(normReference(values[model])).toBeLessThan(1.1e-3)
      }
    },
  )

  it('refuses what does not fit, and names it', () => {
    const values = { tensor: backend.createTensor([2, 12]), rows: 3, columns: 4 }
    const norms = backend.createTensor([2])
    const run =
      (wrong: object, to = norms, limit = 1, models = 2) =>
      () =>
        backend.clipNorm(models, { ...values, ...wrong }, to, limit)
    run({})()
    expect(run({}, norms, 1, 0)).toThrow(/clipNorm: models/)
    expect(run({}, norms, 1, 1)).toThrow(/clipNorm: norms is \[2\].*\[1\]/)
    expect(run({ offset: 1 })).toThrow(/clipNorm: values needs/)
    expect(run({ period: 1 })).toThrow(/clipNorm: values\.period/)
    expect(run({}, values.tensor)).toThrow(/clipNorm: norms is/)
    for (const limit of [0, -1, Number.NaN]) expect(run({}, norms, limit)).toThrow(/clipNorm: limit/)
  })
})
