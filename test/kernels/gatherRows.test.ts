import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import {
  dispose,
  expectWithin,
  labelled,
  laid,
  matricesOf,
  networkBackends,
  several,
  unwritten,
} from './manyModels.ts'
import { gatherRowsReference } from './transformerReference.ts'

const cases = [
  { models: 1, words: 1, width: 1, rows: 1, context: 1 },
  { models: 2, words: 7, width: 3, rows: 5, context: 2 },
  { models: 3, words: 300, width: 33, rows: 66, context: 11 },
  { models: 2, words: 50, width: 128, rows: 37, context: 64 },
  { models: 68, words: 5, width: 8, rows: 12, context: 4 },
]

describe.each(networkBackends)('gatherRows on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function gathered(
    tables: Float32Array[],
    width: number,
    chosen: Uint32Array[],
    scale: number,
    positions?: Float32Array[],
    models = Math.max(tables.length, chosen.length),
  ) {
    const rows = chosen[0].length
    const shape = (values: Float32Array) => ({ rows: values.length / width, columns: width })
    const output = unwritten(backend, models, { rows, columns: width, offset: 3, gap: 5 })
    const table = laid(backend, tables, { ...shape(tables[0]), offset: 1, gap: 2 })
    const indices = laid(backend, chosen, { rows: 1, columns: rows, offset: 2, gap: 3 })
    const places = positions && laid(backend, positions, { ...shape(positions[0]), offset: 6, gap: 1 })
    backend.gatherRows({ models, output, table, indices, scale, positions: places })
    const result = await matricesOf(backend, output)
    dispose(output, table, indices, places)
    return result
  }

  describe.each(cases)('$models models, $rows rows of $width of $words words', (size) => {
    const { models, words, width, rows, context } = size
    const tables = several(models, words * width, 3)
    const chosen = labelled(models, rows, words, 5)
    const positions = several(models, context * width, 7)

    it.each([
      { scale: 1, positions: undefined },
      { scale: Math.sqrt(128), positions },
      { scale: -0.3, positions },
    ])('with scale $scale', async ({ scale, positions }) => {
      const actual = await gathered(tables, width, chosen, scale, positions)
      for (const [model, result] of actual.entries()) {
        const by = positions?.[model]
        const expected = gatherRowsReference(tables[model], width, chosen[model], scale, by)
        const unscaled = gatherRowsReference(tables[model], width, chosen[model], 1)
        // the scale as float32, a product and a sum
        expectWithin(
          result,
          expected,
          (i) => 2 ** -23 * Math.abs(scale * unscaled[i]) + 2 ** -24 * Math.abs(expected[i]),
        )
      }
    })
  })

  it('copies bit for bit where the scale is 1 and there are no positions', async () => {
    const [table] = several(1, 40, 3, 1e-30)
    const [result] = await gathered([table], 8, [Uint32Array.of(4, 0, 4)], 1)
    expect([...result]).toEqual([32, 0, 32].flatMap((start) => [...table.slice(start, start + 8)]))
  })

  it('takes an index beyond the words as the last', async () => {
    const [table] = several(1, 15, 3)
    const [result] = await gathered([table], 5, [Uint32Array.of(2, 3, 4000000000)], 1)
    for (const start of [5, 10]) expect(result.slice(start, start + 5)).toEqual(result.slice(0, 5))
  })

  it('lets models share words, tables and positions', async () => {
    const [tables, chosen, positions] = [several(2, 20, 3), labelled(3, 6, 5, 5), several(1, 8, 7)]
    const actual = await gathered(tables, 4, chosen, 2, positions, 6)
    for (const [model, result] of actual.entries()) {
      const expected = gatherRowsReference(tables[model % 2], 4, chosen[model % 3], 2, positions[0])
      expectWithin(result, expected, () => 2 ** -22)
    }
  })

  it('gives NaN for a word that is NaN, and only there', async () => {
    const [table] = several(1, 15, 3)
    table[7] = Number.NaN
    const [result] = await gathered([table], 5, [Uint32Array.of(0, 1, 2)], 0.5, several(1, 5, 7))
    expect([...result].map(Number.isNaN)).toEqual(Array.from(result, (_, i) => i === 7))
  })

  it('refuses what does not fit, and names it', () => {
    const make = (rows: number, columns: number, kind?: 'uint32') => ({
      tensor: backend.createTensor([2, rows * columns], kind),
      rows,
      columns,
    })
    const right = {
      models: 2,
      output: make(6, 4),
      table: make(5, 4),
      indices: make(1, 6, 'uint32'),
      scale: 1,
    }
    const positions = make(3, 4)
    const run = (wrong: object) => () => backend.gatherRows({ ...right, positions, ...wrong })
    run({})()
    expect(run({ models: 0 })).toThrow(/gatherRows: models/)
    expect(run({ models: 3 })).toThrow(/gatherRows: output needs/)
    expect(run({ table: make(5, 3) })).toThrow(/gatherRows: table is \[5, 3\].*\[5, 4\].*output \[6, 4\]/)
    expect(run({ indices: make(1, 5, 'uint32') })).toThrow(/gatherRows: indices is \[1, 5\].*\[1, 6\]/)
    expect(run({ indices: make(1, 6) })).toThrow(/gatherRows: indices.*uint32/)
    expect(run({ positions: make(3, 3) })).toThrow(/gatherRows: positions is \[3, 3\].*\[3, 4\]/)
    expect(run({ scale: Number.NaN })).toThrow(/gatherRows: scale.*NaN/)
    expect(run({ output: { ...right.output, period: 1 } })).toThrow(/gatherRows: output\.period/)
    expect(run({ table: right.output, indices: make(1, 6, 'uint32') })).toThrow(/gatherRows: output.*table/)
    expect(run({ positions: { ...right.output, rows: 3 } })).toThrow(/gatherRows: output.*positions/)
  })
})
