import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import type { Matrices } from '../../src/compute/matrices.ts'
import { dispose, expectWithin, laid, matricesOf, networkBackends, several, unwritten } from './manyModels.ts'
import { normReference, normTolerance, sizesOfNorms } from './transformerReference.ts'

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
    it.each(sizesOfNorms)('of size %d', async (size) => {
      const inputs = several(models, rows * columns, 3, size)
      const actual = await norms(inputs, columns)
      for (const [model, result] of actual.entries()) {
        const expected = reference(inputs[model], columns)
        expectWithin(result, expected, (row) => normTolerance * expected[row])
      }
    })
  })

  it('is right for numbers of every size', async () => {
    // Pythagorean triples; some pairs lie on both sides of what may be squared as it is
    const sizes = Array.from({ length: 72 }, (_, i) => 10 ** (i - 36))
    const input = Float32Array.from(sizes.flatMap((size) => [3 * size, -4 * size, 5 * size, 12 * size]))
    const [[result]] = [await norms([input], 2)]
    const expected = sizes.flatMap((size) => [5 * size, 13 * size])
    expectWithin(result, expected, (row) => normTolerance * expected[row])
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
