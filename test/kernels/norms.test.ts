import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import type { Matrices } from '../../src/compute/matrices.ts'
import {
  dispose,
  expectSame,
  expectWithin,
  laid,
  matricesOf,
  networkBackends,
  several,
  unwritten,
} from './manyModels.ts'
import { normReference } from './transformerReference.ts'

/** Squares that overflow float32, or vanish in it. */
const sizes = [1, 1e-25, 1e25]
const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
/** Sums of squares in float32, in parts of at most some hundred. */
const relative = 1e-5

const rowCases = [
  { models: 1, rows: 1, columns: 1 },
  { models: 2, rows: 5, columns: 3 },
  { models: 3, rows: 70, columns: 33 },
  { models: 2, rows: 300, columns: 128 },
  { models: 1, rows: 3, columns: 2051 },
]

describe.each(networkBackends)('rowNorms on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function norms(inputs: Float32Array[], columns: number, models = inputs.length) {
    const rows = inputs[0].length / columns
    const input = laid(backend, inputs, { rows, columns, offset: 3, gap: 5 })
    const output = unwritten(backend, models, { rows: 1, columns: rows, offset: 1, gap: 2 })
    backend.rowNorms(models, output, input)
    const result = await matricesOf(backend, output)
    dispose(input, output)
    return result
  }

  const reference = (input: Float32Array, columns: number) =>
    Array.from({ length: input.length / columns }, (_, row) =>
      normReference(input.slice(row * columns, (row + 1) * columns)),
    )

  describe.each(rowCases)('$models models, $rows × $columns', ({ models, rows, columns }) => {
    it.each(sizes)('of size %d', async (size) => {
      const inputs = several(models, rows * columns, 3, size)
      const actual = await norms(inputs, columns)
      for (const [model, result] of actual.entries()) {
        const expected = reference(inputs[model], columns)
        expectWithin(result, expected, (row) => relative * expected[row])
      }
    })
  })

  it('is right for numbers of every size', async () => {
    // Pythagorean triples; some pairs lie on both sides of what may be squared as it is
    const sizes = Array.from({ length: 72 }, (_, i) => 10 ** (i - 36))
    const input = Float32Array.from(sizes.flatMap((size) => [3 * size, -4 * size, 5 * size, 12 * size]))
    const [[result]] = [await norms([input], 2)]
    const expected = sizes.flatMap((size) => [5 * size, 13 * size])
    expectWithin(result, expected, (row) => relative * expected[row])
  })

  it('is 0 for zeros, and NaN or ∞ where an entry is, in its row only', async () => {
    const [[result]] = [await norms([Float32Array.of(0, 0, 1, Number.NaN, Infinity, 1, 3, -4)], 2)]
    expect([...result]).toEqual([0, Number.NaN, Infinity, 5])
  })

  it('shares by the period', async () => {
    const inputs = several(2, 12, 3)
    const actual = await norms(inputs, 4, 5)
    for (const [model, result] of actual.entries()) expect(result).toEqual(actual[model % 2])
    expect(actual[0]).not.toEqual(actual[1])
  })

  it('refuses what does not fit, and names it', () => {
    const make = (rows: number, columns: number) => ({
      tensor: backend.createTensor([2, rows * columns]),
      rows,
      columns,
    })
    const input = make(3, 4)
    const run =
      (output: Matrices, models = 2) =>
      () =>
        backend.rowNorms(models, output, input)
    expect(run(make(1, 4))).toThrow(/rowNorms: output is \[1, 4\].*\[1, 3\].*input \[3, 4\]/)
    expect(run(make(1, 3), 0)).toThrow(/rowNorms: models/)
    expect(run(make(1, 3), 3)).toThrow(/rowNorms: (input|output) needs/)
    expect(run({ ...input, rows: 1, columns: 3 })).toThrow(/rowNorms: output.*input/)
  })
})

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
        expectWithin(norms, expected, (model) => relative * expected[model])
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
      expectWithin(norms, expected, (model) => relative * expected[model])
      expectSame([values[1]], [given[1]])
      for (const model of [0, 2]) {
        const factor = limit / expected[model]
        expectWithin(
          values[model],
          given[model].map((value) => value * factor),
          (i) => 2 * relative * Math.abs(given[model][i] * factor),
        )
      }
    },
  )

  it.each(sizes)('clips values of size %d', async (size) => {
    const given = several(2, 300, 3, size)
    const { values, norms } = await clipped(given, size / 7, 20)
    for (const model of [0, 1]) {
      const expected = normReference(given[model])
      expectWithin([norms[model]], [expected], () => relative * expected)
      const norm = normReference(values[model])
      expectWithin([norm], [size / 7], () => (2 * relative * size) / 7)
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
