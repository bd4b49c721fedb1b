import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, laid, matricesOf, networkBackends, unwritten } from './manyModels.ts'
import { largestDifference } from './reference.ts'
import { fractions, wholeNumbers } from './variants.ts'

const sumsReference = (values: Float32Array, columns: number) =>
  Float64Array.from({ length: columns }, (_, column) =>
    values.reduce((sum, value, i) => (i % columns === column ? sum + value : sum), 0),
  )

describe.each(networkBackends)('columnSums on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each([
    { models: 1, rows: 1, columns: 1, period: 1 },
    { models: 3, rows: 7, columns: 13, period: 3 },
    { models: 5, rows: 100, columns: 66, period: 2 },
    { models: 68, rows: 10, columns: 4, period: 68 },
  ])('is exact on whole numbers: $models times [$rows, $columns]', async (given) => {
    const { models, rows, columns, period } = given
    const values = Array.from({ length: period }, (_, i) => wholeNumbers(rows * columns, 1000, i + 1))
    const input = laid(backend, values, { rows, columns, offset: 3, gap: 2 })
    const output = unwritten(backend, models, { rows: 1, columns, offset: 1, gap: 3 })
    backend.columnSums(models, output, input)
    for (const [model, sums] of (await matricesOf(backend, output)).entries())
      expect(largestDifference(sums, sumsReference(values[model % period], columns))).toBe(0)
    dispose(input, output)
  })

  it('keeps its digits', async () => {
    const [rows, columns] = [100, 37]
    const values = fractions(rows * columns, 9)
    const input = laid(backend, [values], { rows, columns })
    const tensor = backend.createTensor([columns])
    backend.columnSums(1, { tensor, rows: 1, columns }, input)
    const actual = await backend.read(tensor)
    const expected = sumsReference(values, columns)
    const absolute = sumsReference(values.map(Math.abs), columns)
    // rows sums, each rounded by at most 2^-24 (Higham, Accuracy and Stability, section 4.2)
    for (const [i, value] of actual.entries())
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(rows * 2 ** -24 * absolute[i])
    dispose(tensor, input)
  })

  it('refuses by name what does not fit', async () => {
    const [a, b] = [backend.createTensor([12]), backend.upload(new Float32Array(8).fill(7), [8])]
    const input = { tensor: a, rows: 2, columns: 3 }
    const output = { tensor: b, rows: 1, columns: 3 }
    const refused = (message: RegExp, models: number, changes: { output?: object; input?: object }) => {
      const attempt = () =>
        backend.columnSums(models, { ...output, ...changes.output }, { ...input, ...changes.input })
      expect(attempt).toThrow(RangeError)
      expect(attempt).toThrow(message)
    }
    refused(/columnSums: models .*0/, 0, {})
    refused(/columnSums: input needs .*18.*\[12\]/, 3, {})
    refused(/columnSums: output is \[1, 2\].*\[1, 3\].*input \[2, 3\]/, 2, { output: { columns: 2 } })
    refused(/columnSums: output\.stride/, 2, { output: { stride: 2 } })
    refused(/columnSums: output\.period/, 2, { output: { period: 1 } })
    refused(/columnSums: output .*input/, 1, { output: { tensor: a } })
    expect(await backend.read(b)).toEqual(new Float32Array(8).fill(7))
    dispose(a, b)
  })
})
