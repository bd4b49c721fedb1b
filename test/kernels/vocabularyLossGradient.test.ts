import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { centralDifferences, expectWithin, labelled, networkVariants, several } from './manyModels.ts'
import { vocabularyReference } from './transformerReference.ts'
import { farLogits, vocabulary, vocabularyCases, vocabularyErrors, vocabularyMade } from './vocabulary.ts'

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length

// what is cut into dispatches here is cut alike in both variants
describe.each(networkVariants.filter(({ brief }) => !brief))(
  'vocabularyLossGradient on $name',
  ({ create }) => {
    let backend: Backend
    beforeAll(async () => {
      backend = await create()
    })
    afterAll(() => backend.dispose())

    it.each(vocabularyCases)('of $models models, $rows rows of $width, $words words', async (given) => {
      const { rows, words, width, size } = given
      const { states, tables, labels, expected: allExpected } = vocabularyMade(given)
      const actual = await vocabulary(backend, states, tables, labels, width)
      for (const [model, expected] of allExpected.entries()) {
        const { logitError, lossError } = vocabularyErrors(given, expected.logSumExps)
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
      const actual = await vocabulary(backend, [state], [table], [labels], 3)
      const byHidden = (point: Float64Array) => mean(vocabularyReference(point, table, labels, 3).losses)
      expectWithin(actual.hiddenGradient[0], centralDifferences(byHidden, state), () => 3e-6)
      const byTable = (point: Float64Array) => mean(vocabularyReference(state, point, labels, 3).losses)
      expectWithin(actual.tableGradient[0], centralDifferences(byTable, table), () => 3e-6)
    })

    it('is right for logits of ±1e4, which overflow no exponential', async () => {
      const { state, table, labels } = farLogits()
      const actual = await vocabulary(backend, [state], [table], [labels], 2)
      const expected = vocabularyReference(state, table, labels, 2)
      // the probabilities are drawn from a logarithm that is rounded to 2^-10
      const largest = 100 / labels.length
      expectWithin(actual.hiddenGradient[0], expected.hiddenGradient, () => 2 ** -9 * largest)
      expectWithin(actual.tableGradient[0], expected.tableGradient, () => 2 ** -9 * largest)
    })

    it('gives a model the same bits alone and among others, and again', async () => {
      const [states, tables, labels] = [several(3, 40, 3, 2), several(3, 8 * 150, 4), labelled(3, 5, 150, 5)]
      const all = await vocabulary(backend, states, tables, labels, 8)
      const again = await vocabulary(backend, states, tables, labels, 8)
      expect([again.hiddenGradient, again.tableGradient]).toEqual([all.hiddenGradient, all.tableGradient])
      const alone = await vocabulary(backend, [states[1]], [tables[1]], [labels[1]], 8)
      expect(alone.hiddenGradient).toEqual([all.hiddenGradient[1]])
      expect(alone.tableGradient).toEqual([all.tableGradient[1]])
      // one table for two, and one batch for all four
      const shared = await vocabulary(backend, [states[1]], [tables[0], tables[1]], [labels[1]], 8, 4)
      for (const model of [1, 3]) expect(shared.tableGradient[model]).toEqual(all.tableGradient[1])
    })

    it('takes a label beyond the words as the last', async () => {
      const [state, table] = [Float32Array.of(1, 1, 1), Float32Array.of(1, 2, 3)]
      const labels = Uint32Array.of(2, 3, 4000000000)
      const { hiddenGradient } = await vocabulary(backend, [state], [table], [labels], 1)
      expect([...hiddenGradient[0]]).toEqual(Array(3).fill(hiddenGradient[0][0]))
    })

    it('is NaN in the row of a NaN, and only there; in all rows where the table has one', async () => {
      const [[state], [table]] = [several(1, 5 * 4, 3), several(1, 300 * 4, 4)]
      const labels = Uint32Array.of(0, 1, 299, 7, 3)
      state[9] = Number.NaN
      const one = await vocabulary(backend, [state], [table], [labels], 4)
      expect([...one.hiddenGradient[0]].map(Number.isNaN)).toEqual(
        Array.from({ length: 20 }, (_, i) => i >= 8 && i < 12),
      )
      expect(one.tableGradient[0].every(Number.isNaN)).toBe(true)
      state[9] = 1
      table[4 * 271] = Number.NaN
      const all = await vocabulary(backend, [state], [table], [labels], 4)
      expect(all.hiddenGradient[0].every(Number.isNaN)).toBe(true)
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
      const gradients = { hiddenGradient: make(3, 4), tableGradient: make(5, 4) }
      const back = (wrong: object) => () =>
        backend.vocabularyLossGradient({ ...shape, ...gradients, ...wrong })
      back({})()
      expect(back({ logSumExps: make(1, 5) })).toThrow(/vocabularyLossGradient: logSumExps is \[1, 5\]/)
      expect(back({ hiddenGradient: make(4, 3) })).toThrow(
        /vocabularyLossGradient: hiddenGradient is \[4, 3\]/,
      )
      expect(back({ tableGradient: make(4, 4) })).toThrow(/vocabularyLossGradient: tableGradient is \[4, 4\]/)
      expect(back({ tableGradient: shape.table })).toThrow(/vocabularyLossGradient: tableGradient.*table/)
      expect(back({ hiddenGradient: shape.hidden })).toThrow(/vocabularyLossGradient: hiddenGradient.*hidden/)
    })
  },
)
