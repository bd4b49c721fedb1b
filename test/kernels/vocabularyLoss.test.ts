import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { expectWithin, labelled, networkVariants, several } from './manyModels.ts'
import { vocabularyReference } from './transformerReference.ts'
import { farLogits, vocabulary, vocabularyCases, vocabularyErrors, vocabularyMade } from './vocabulary.ts'

// what is cut into dispatches here is cut alike in both variants
describe.each(networkVariants.filter(({ brief }) => !brief))('vocabularyLoss on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each(vocabularyCases)('of $models models, $rows rows of $width, $words words', async (given) => {
    const { states, tables, labels, expected: allExpected } = vocabularyMade(given)
    const actual = await vocabulary(backend, states, tables, labels, given.width)
    for (const [model, expected] of allExpected.entries()) {
      const { lossError } = vocabularyErrors(given, expected.logSumExps)
      expectWithin(actual.logSumExps[model], expected.logSumExps, () => lossError)
      expectWithin(actual.losses[model], expected.losses, () => lossError)
    }
  })

  it('is right for logits of ±1e4, which overflow no exponential', async () => {
    const { state, table, labels } = farLogits()
    const actual = await vocabulary(backend, [state], [table], [labels], 2)
    const expected = vocabularyReference(state, table, labels, 2)
    // a logarithm of a sum of size 1e4 is rounded to 2^-10 of it
    expectWithin(actual.logSumExps[0], expected.logSumExps, () => 2 ** -10)
    expectWithin(actual.losses[0], expected.losses, (row) => 2e-6 + 2 ** -23 * expected.losses[row])
  })

  it('is ln V with as many equal logits', async () => {
    for (const words of [2, 129, 1000]) {
      const table = new Float32Array(words * 3).fill(0.25)
      const { losses } = await vocabulary(
        backend,
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
    const all = await vocabulary(backend, states, tables, labels, 8)
    const again = await vocabulary(backend, states, tables, labels, 8)
    expect([again.logSumExps, again.losses]).toEqual([all.logSumExps, all.losses])
    const alone = await vocabulary(backend, [states[1]], [tables[1]], [labels[1]], 8)
    expect(alone.logSumExps).toEqual([all.logSumExps[1]])
    expect(alone.losses).toEqual([all.losses[1]])
    expect(all.losses[0]).not.toEqual(all.losses[1])
    // one table for two, and one batch for all four
    const shared = await vocabulary(backend, [states[1]], [tables[0], tables[1]], [labels[1]], 8, 4)
    expect(shared.losses[0]).not.toEqual(shared.losses[1])
    expect(shared.losses[0]).toEqual(shared.losses[2])
  })

  it('takes a label beyond the words as the last', async () => {
    const [state, table] = [Float32Array.of(1, 1, 1), Float32Array.of(1, 2, 3)]
    const labels = Uint32Array.of(2, 3, 4000000000)
    const { losses } = await vocabulary(backend, [state], [table], [labels], 1)
    expect([...losses[0]]).toEqual(Array(3).fill(losses[0][0]))
  })

  it('is NaN in the row of a NaN, and only there; in all rows where the table has one', async () => {
    const [[state], [table]] = [several(1, 5 * 4, 3), several(1, 300 * 4, 4)]
    const labels = Uint32Array.of(0, 1, 299, 7, 3)
    state[9] = Number.NaN
    const one = await vocabulary(backend, [state], [table], [labels], 4)
    expect([...one.losses[0]].map(Number.isNaN)).toEqual([false, false, true, false, false])
    expect([...one.logSumExps[0]].map(Number.isNaN)).toEqual([false, false, true, false, false])
    state[9] = 1
    table[4 * 271] = Number.NaN
    const all = await vocabulary(backend, [state], [table], [labels], 4)
    expect(all.losses[0].every(Number.isNaN)).toBe(true)
  })

  it('gives no finite loss for a logit that overflows', async () => {
    const table = Float32Array.of(1e30, 1, 2)
    const { losses } = await vocabulary(
      backend,
      [Float32Array.of(1e30, 1)],
      [table],
      [Uint32Array.of(1, 1)],
      1,
    )
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
    run({})()
    expect(run({ models: 0 })).toThrow(/vocabularyLoss: models/)
    expect(run({ table: make(5, 3) })).toThrow(/vocabularyLoss: table is \[5, 3\].*\[5, 4\].*hidden \[3, 4\]/)
    expect(run({ labels: make(1, 3) })).toThrow(/vocabularyLoss: labels.*uint32/)
    expect(run({ labels: make(1, 5, 'uint32') })).toThrow(/vocabularyLoss: labels is \[1, 5\].*\[1, 3\]/)
    expect(run({ losses: make(3, 1) })).toThrow(/vocabularyLoss: losses is \[3, 1\].*\[1, 3\]/)
    expect(run({ losses: shape.logSumExps })).toThrow(/vocabularyLoss: logSumExps.*losses/)
    expect(run({ logSumExps: { ...shape.logSumExps, period: 1 } })).toThrow(
      /vocabularyLoss: logSumExps\.period/,
    )
  })
})
