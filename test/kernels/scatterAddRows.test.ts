import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, expectWithin, labelled, laid, matricesOf, networkBackends, several } from './manyModels.ts'
import { scatterAddRowsReference } from './transformerReference.ts'
import { wholeNumbers } from './variants.ts'

const cases = [
  { models: 1, words: 1, width: 1, rows: 1 },
  { models: 1, words: 1, width: 5, rows: 40 },
  { models: 2, words: 7, width: 3, rows: 5 },
  { models: 3, words: 40, width: 33, rows: 131 },
  { models: 2, words: 300, width: 128, rows: 512 },
  { models: 68, words: 5, width: 8, rows: 12 },
]

describe.each(networkBackends)('scatterAddRows on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function added(
    before: Float32Array[],
    width: number,
    inputs: Float32Array[],
    chosen: Uint32Array[],
    scale: number,
  ) {
    const [models, rows] = [before.length, chosen[0].length]
    const output = laid(backend, before, {
      rows: before[0].length / width,
      columns: width,
      offset: 3,
      gap: 5,
    })
    const input = laid(backend, inputs, { rows, columns: width, offset: 1, gap: 2 })
    const indices = laid(backend, chosen, { rows: 1, columns: rows, offset: 2, gap: 3 })
    backend.scatterAddRows({ models, output: { ...output, period: undefined }, input, indices, scale })
    const result = await matricesOf(backend, output)
    dispose(output, input, indices)
    return result
  }

  describe.each(cases)('$models models, $rows rows of $width into $words words', (size) => {
    const { models, words, width, rows } = size
    const chosen = labelled(models, rows, words, 5)

    it('loses no addition: exact on whole numbers', async () => {
      // sums stay below 2^24, so float32 holds them in any order
      const numbers = (length: number, seed: number) =>
        Array.from({ length: models }, (_, model) => wholeNumbers(length, 1000, seed + 100 * model))
      const [before, input] = [numbers(words * width, 3), numbers(rows * width, 4)]
      const actual = await added(before, width, input, chosen, 2)
      for (const [model, result] of actual.entries()) {
        const expected = scatterAddRowsReference(before[model], width, input[model], chosen[model], 2)
        expectWithin(result, expected, () => 0)
      }
    })

    it('keeps its digits', async () => {
      const [before, input] = [several(models, words * width, 3), several(models, rows * width, 4)]
      const scale = Math.sqrt(10)
      const actual = await added(before, width, input, chosen, scale)
      for (const [model, result] of actual.entries()) {
        const expected = scatterAddRowsReference(before[model], width, input[model], chosen[model], scale)
        const magnitudes = scatterAddRowsReference(
          ...[before[model].map(Math.abs), width, input[model].map(Math.abs), chosen[model], scale],
        )
        // at most `rows` sums, each rounded by 2^-24, of products rounded twice
        expectWithin(result, expected, (i) => (rows + 2) * 2 ** -24 * magnitudes[i])
      }
    })
  })

  it('adds a word as often as it stands there, and leaves the others to the bit', async () => {
    const [before] = several(1, 24, 3)
    const input = Float32Array.from({ length: 3 * 100 }, (_, i) => 1 + (i % 3))
    const [result] = await added([before.fill(0, 3, 6)], 3, [input], [new Uint32Array(100).fill(1)], 1)
    expect([...result.slice(3, 6)]).toEqual([100, 200, 300])
    expect(result.filter((_, i) => i < 3 || i >= 6)).toEqual(before.filter((_, i) => i < 3 || i >= 6))
  })

  it('gives the same bits again, and to a model alone', async () => {
    const [before, input, chosen] = [several(3, 60, 3), several(3, 1200, 4), labelled(3, 200, 10, 5)]
    const all = await added(before, 6, input, chosen, 0.7)
    expect(await added(before, 6, input, chosen, 0.7)).toEqual(all)
    expect(await added([before[2]], 6, [input[2]], [chosen[2]], 0.7)).toEqual([all[2]])
  })

  it('takes an index beyond the words as the last', async () => {
    const before = new Float32Array(6)
    const input = Float32Array.of(1, 2, 3, 4, 5, 6)
    const [result] = await added([before], 2, [input], [Uint32Array.of(0, 3, 4000000000)], 1)
    expect([...result]).toEqual([1, 2, 0, 0, 8, 10])
  })

  it('carries NaN to the word that gets it, and to no other', async () => {
    const input = Float32Array.of(1, Number.NaN, 1, 1)
    const [result] = await added([new Float32Array(6)], 2, [input], [Uint32Array.of(1, 1)], 1)
    expect([...result]).toEqual([0, 0, 2, Number.NaN, 0, 0])
  })

  it('refuses what does not fit, and names it', () => {
    const make = (rows: number, columns: number, kind?: 'uint32') => ({
      tensor: backend.createTensor([2, rows * columns], kind),
      rows,
      columns,
    })
    const right = {
      models: 2,
      output: make(5, 4),
      input: make(6, 4),
      indices: make(1, 6, 'uint32'),
      scale: 1,
    }
    const run = (wrong: object) => () => backend.scatterAddRows({ ...right, ...wrong })
    run({})()
    expect(run({ models: 1.5 })).toThrow(/scatterAddRows: models/)
    expect(run({ output: make(5, 3) })).toThrow(
      /scatterAddRows: output is \[5, 3\].*\[5, 4\].*input \[6, 4\]/,
    )
    expect(run({ indices: make(1, 5, 'uint32') })).toThrow(/scatterAddRows: indices is \[1, 5\].*\[1, 6\]/)
    expect(run({ indices: make(1, 6) })).toThrow(/scatterAddRows: indices.*uint32/)
    expect(run({ scale: Infinity })).toThrow(/scatterAddRows: scale.*Infinity/)
    expect(run({ output: { ...right.output, stride: 7 } })).toThrow(/scatterAddRows: output\.stride/)
    expect(run({ input: { ...right.output, rows: 4 }, indices: make(1, 4, 'uint32') })).toThrow(
      /scatterAddRows: output.*input/,
    )
  })
})
