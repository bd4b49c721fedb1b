import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import {
  centralDifferences,
  dispose,
  expectWithin,
  labelled,
  laid,
  matricesOf,
  networkVariants,
  once,
  several,
  spoilFreeMemory,
  unwritten,
} from './manyModels.ts'
import { vocabularyReference } from './transformerReference.ts'

/** One of each, no multiple of any slice or tile, exactly some, more columns than are multiplied at once, more slices. */
const cases = [
  { models: 1, rows: 1, words: 1, width: 1, size: 1 },
  { models: 2, rows: 3, words: 2, width: 5, size: 1 },
  { models: 3, rows: 7, words: 131, width: 17, size: 1 },
  { models: 2, rows: 64, words: 256, width: 32, size: 1 },
  { models: 1, rows: 37, words: 1027, width: 33, size: 3 },
  { models: 1, rows: 130, words: 515, width: 16, size: 1 },
  { models: 2, rows: 5, words: 67, width: 801, size: 0.3 },
  { models: 1, rows: 530, words: 300, width: 3, size: 4 },
  { models: 2, rows: 3, words: 4500, width: 2, size: 2 },
]

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length

const madeOf = once(({ models, rows, words, width, size }: (typeof cases)[number]) => {
  // of logits whose deviation is about `size`
  const states = several(models, rows * width, 3, 2)
  const tables = several(models, words * width, 4, (1.5 * size) / Math.sqrt(width))
  const labels = labelled(models, rows, words, 5)
  const expected = states.map((state, model) =>
    vocabularyReference(state, tables[model], labels[model], width),
  )
  return { states, tables, labels, expected }
})

// what is cut into dispatches here is cut alike in both variants
describe.each(networkVariants.filter(({ brief }) => !brief))('vocabularyLoss on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function vocabulary(
    states: Float32Array[],
    tables: Float32Array[],
    rightWords: Uint32Array[],
    width: number,
    models = states.length,
  ) {
    const rows = rightWords[0].length
    spoilFreeMemory(backend)
    const perWord = { rows: tables[0].length / width, columns: width }
    const perRow = { rows, columns: width }
    const hidden = laid(backend, states, { ...perRow, offset: 3, gap: 5 })
    const table = laid(backend, tables, { ...perWord, offset: 1, gap: 2 })
    const labels = laid(backend, rightWords, { rows: 1, columns: rows, offset: 2, gap: 1 })
    const logSumExps = unwritten(backend, models, { rows: 1, columns: rows, offset: 6, gap: 3 })
    const losses = unwritten(backend, models, { rows: 1, columns: rows, offset: 4, gap: 7 })
    const hiddenGradient = unwritten(backend, models, { ...perRow, offset: 5, gap: 3 })
    const tableGradient = unwritten(backend, models, { ...perWord, offset: 7, gap: 1 })
    const given = { models, hidden, table, labels, logSumExps }
    backend.vocabularyLoss({ ...given, losses })
    backend.vocabularyLossGradient({ ...given, hiddenGradient, tableGradient })
    const result = {
      logSumExps: await matricesOf(backend, logSumExps),
      losses: await matricesOf(backend, losses),
      hiddenGradient: await matricesOf(backend, hiddenGradient),
      tableGradient: await matricesOf(backend, tableGradient),
    }
    dispose(hidden, table, labels, logSumExps, losses, hiddenGradient, tableGradient)
    return result
  }

  it.each(cases)('of $models models, $rows rows of $width, $words words', async (given) => {
    const { models, rows, words, width, size } = given
    const { states, tables, labels, expected: allExpected } = madeOf(given)
    const actual = await vocabulary(states, tables, labels, width)
    for (let model = 0; model < models; model++) {
      const expected = allExpected[model]
      // a logit is a sum of `width` products, each rounded by 2^-24 (Higham, section 3.1)
      const most = 2 * ((1.5 * size) / Math.sqrt(width)) * width
      const logitError = (width + 1) * 2 ** -24 * most
      // a float32 exponential, and a sum of at least its largest term's size
      const lossError = 2 * logitError + 2e-6 + 2 ** -23 * Math.max(...expected.logSumExps.map(Math.abs))
      expectWithin(actual.logSumExps[model], expected.logSumExps, () => lossError)
      expectWithin(actual.losses[model], expected.losses, () => lossError)
      // probabilities are off by this relatively; both gradients are sums of products with them
      const relative = 2 * logitError + lossError + 4e-6
      const gradientOf = (slopes: Float64Array) => {
        const byRow = new Float64Array(rows)
        const byWord = new Float64Array(words)
        for (const [place, slope] of slopes.entries()) {
          byRow[Math.floor(place / words)] += Math.abs(slope)
          byWord[place % words] += Math.abs(slope)
        }
        return { byRow, byWord }
      }
      const { byRow, byWord } = gradientOf(expected.slopes)
      expectWithin(actual.hiddenGradient[model], expected.hiddenGradient, (i) => {
        const sum = byRow[Math.floor(i / width)] + 1 / rows
        return (relative + words * 2 ** -24) * sum * ((1.5 * size) / Math.sqrt(width))
      })
      expectWithin(actual.tableGradient[model], expected.tableGradient, (i) => {
        const sum = byWord[Math.floor(i / width)] + 1 / rows
        return (relative + rows * 2 ** -24) * sum * 2
      })
    }
  })

  it('has the slopes of the mean loss', async () => {
    const [[state], [table], [labels]] = [several(1, 12, 3, 2), several(1, 15, 4, 2), labelled(1, 4, 5, 5)]
    const actual = await vocabulary([state], [table], [labels], 3)
    const byHidden = (point: Float64Array) => mean(vocabularyReference(point, table, labels, 3).losses)
    expectWithin(actual.hiddenGradient[0], centralDifferences(byHidden, state), () => 3e-6)
    const byTable = (point: Float64Array) => mean(vocabularyReference(state, point, labels, 3).losses)
    expectWithin(actual.tableGradient[0], centralDifferences(byTable, table), () => 3e-6)
  })

  it('is right for logits of ±1e4, which overflow no exponential', async () => {
    // whole numbers: every logit is exact
    const state = Float32Array.of(100, 0, -100, 0, 100, 100, 0, 0)
    const words = [[100, 0], [-100, 0], [99, 1], ...Array.from({ length: 300 }, (_, i) => [i % 7, -(i % 5)])]
    const table = Float32Array.from(words.flat())
    const labels = Uint32Array.of(0, 0, 2, 302)
    const actual = await vocabulary([state], [table], [labels], 2)
    const expected = vocabularyReference(state, table, labels, 2)
    // a logarithm of a sum of size 1e4 is rounded to 2^-10 of it, and the probabilities that are drawn from it too
    expectWithin(actual.logSumExps[0], expected.logSumExps, () => 2 ** -10)
    expectWithin(actual.losses[0], expected.losses, (row) => 2e-6 + 2 ** -23 * expected.losses[row])
    const largest = 100 / labels.length
    expectWithin(actual.hiddenGradient[0], expected.hiddenGradient, () => 2 ** -9 * largest)
    expectWithin(actual.tableGradient[0], expected.tableGradient, () => 2 ** -9 * largest)
  })

  it('is ln V with as many equal logits', async () => {
    for (const words of [2, 129, 1000]) {
      const table = new Float32Array(words * 3).fill(0.25)
      const { losses } = await vocabulary(
        [Float32Array.of(0, 0, 0, -8, 0, 100)],
        [table],
        [Uint32Array.of(0, 1)],
        3,
      )
      expectWithin(losses[0], Array(2).fill(Math.log(words)), () => 4e-6)
    }
  })

  it('gives a model the same bits alone and among others, and again', async () => {
    const [states, tables, labels] = [several(3, 40, 3, 2), several(3, 8 * 150, 4), labelled(3, 5, 150, 5)]
    const all = await vocabulary(states, tables, labels, 8)
    expect(await vocabulary(states, tables, labels, 8)).toEqual(all)
    const alone = await vocabulary([states[1]], [tables[1]], [labels[1]], 8)
    expect(alone).toEqual({
      logSumExps: [all.logSumExps[1]],
      losses: [all.losses[1]],
      hiddenGradient: [all.hiddenGradient[1]],
      tableGradient: [all.tableGradient[1]],
    })
    expect(all.losses[0]).not.toEqual(all.losses[1])
    // one table for two, and one batch for all four
    const shared = await vocabulary([states[1]], [tables[0], tables[1]], [labels[1]], 8, 4)
    for (const model of [1, 3]) expect(shared.tableGradient[model]).toEqual(all.tableGradient[1])
    expect(shared.losses[0]).not.toEqual(shared.losses[1])
    expect(shared.losses[0]).toEqual(shared.losses[2])
  })

  it('takes a label beyond the words as the last', async () => {
    const [state, table] = [Float32Array.of(1, 1, 1), Float32Array.of(1, 2, 3)]
    const { losses, hiddenGradient } = await vocabulary(
      [state],
      [table],
      [Uint32Array.of(2, 3, 4000000000)],
      1,
    )
    expect([...losses[0]]).toEqual(Array(3).fill(losses[0][0]))
    expect([...hiddenGradient[0]]).toEqual(Array(3).fill(hiddenGradient[0][0]))
  })

  it('is NaN in the row of a NaN, and only there; in all rows where the table has one', async () => {
    const [[state], [table]] = [several(1, 5 * 4, 3), several(1, 300 * 4, 4)]
    const labels = Uint32Array.of(0, 1, 299, 7, 3)
    state[9] = Number.NaN
    const one = await vocabulary([state], [table], [labels], 4)
    expect([...one.losses[0]].map(Number.isNaN)).toEqual([false, false, true, false, false])
    expect([...one.logSumExps[0]].map(Number.isNaN)).toEqual([false, false, true, false, false])
    expect([...one.hiddenGradient[0]].map(Number.isNaN)).toEqual(
      Array.from({ length: 20 }, (_, i) => i >= 8 && i < 12),
    )
    expect(one.tableGradient[0].every(Number.isNaN)).toBe(true)
    state[9] = 1
    table[4 * 271] = Number.NaN
    const all = await vocabulary([state], [table], [labels], 4)
    expect(all.losses[0].every(Number.isNaN)).toBe(true)
    expect(all.hiddenGradient[0].every(Number.isNaN)).toBe(true)
  })

  it('gives no finite loss for a logit that overflows', async () => {
    const table = Float32Array.of(1e30, 1, 2)
    const { losses } = await vocabulary([Float32Array.of(1e30, 1)], [table], [Uint32Array.of(1, 1)], 1)
    expect(Number.isFinite(losses[0][0])).toBe(false)
  })

  it('refuses what does not fit, and names it', () => {
    const make = (rows: number, columns: number, kind?: 'uint32') => ({
      tensor: backend.createTensor([2, rows * columns], kind),
      rows,
      columns,
    })
    const shape = {
      ...{ models: 2, hidden: make(3, 4), table: make(5, 4), labels: make(1, 3, 'uint32') },
      logSumExps: make(1, 3),
    }
    const run = (wrong: object) => () => backend.vocabularyLoss({ ...shape, losses: make(1, 3), ...wrong })
    const gradients = { hiddenGradient: make(3, 4), tableGradient: make(5, 4) }
    const back = (wrong: object) => () => backend.vocabularyLossGradient({ ...shape, ...gradients, ...wrong })
    run({})()
    back({})()
    expect(run({ models: 0 })).toThrow(/vocabularyLoss: models/)
    expect(run({ table: make(5, 3) })).toThrow(/vocabularyLoss: table is \[5, 3\].*\[5, 4\].*hidden \[3, 4\]/)
    expect(run({ labels: make(1, 3) })).toThrow(/vocabularyLoss: labels.*uint32/)
    expect(run({ labels: make(1, 5, 'uint32') })).toThrow(/vocabularyLoss: labels is \[1, 5\].*\[1, 3\]/)
    expect(run({ losses: make(3, 1) })).toThrow(/vocabularyLoss: losses is \[3, 1\].*\[1, 3\]/)
    expect(run({ losses: shape.logSumExps })).toThrow(/vocabularyLoss: logSumExps.*losses/)
    expect(run({ logSumExps: { ...shape.logSumExps, period: 1 } })).toThrow(
      /vocabularyLoss: logSumExps\.period/,
    )
    expect(back({ logSumExps: make(1, 5) })).toThrow(/vocabularyLossGradient: logSumExps is \[1, 5\]/)
    expect(back({ hiddenGradient: make(4, 3) })).toThrow(/vocabularyLossGradient: hiddenGradient is \[4, 3\]/)
    expect(back({ tableGradient: make(4, 4) })).toThrow(/vocabularyLossGradient: tableGradient is \[4, 4\]/)
    expect(back({ tableGradient: shape.table })).toThrow(/vocabularyLossGradient: tableGradient.*table/)
    expect(back({ hiddenGradient: shape.hidden })).toThrow(/vocabularyLossGradient: hiddenGradient.*hidden/)
  })
})
