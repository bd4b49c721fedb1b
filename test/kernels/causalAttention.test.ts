import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { attention, attentionCases, attentionMade, attentionText, farScores } from './attention.ts'
import { expectWithin, networkVariants, several } from './manyModels.ts'
import { attentionReference } from './transformerReference.ts'

// what is cut into dispatches here is cut alike in both variants
describe.each(networkVariants.filter(({ brief }) => !brief))('causalAttention on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each(attentionCases)(`of ${attentionText}`, async (given) => {
    const { size, projections, slopes, expected: allExpected } = attentionMade(given)
    const actual = await attention(backend, size, projections, slopes)
    for (const [model, expected] of allExpected.entries()) {
      // a score is a sum of `width` products of size 4, an error of it is a relative one of the probability, and
      // one of the exponential's own; a row's probabilities sum to 1
      const relative = 4 * size.width * 2 ** -24 + 4e-6
      expectWithin(actual.probabilities[model], expected.probabilities, (i) =>
        expected.probabilities[i] === 0 ? 0 : relative * expected.probabilities[i] + 1e-12,
      )
      expectWithin(actual.output[model], expected.output, () => 2 * (relative + size.context * 2 ** -24))
    }
  })

  it('does not look ahead: what comes later changes no bit', async () => {
    const size = { sequences: 1, context: 37, heads: 2, width: 6 }
    const [[projected], [other]] = [several(1, 37 * 36, 5), several(1, 37 * 36, 6, 100)]
    const changed = projected.map((value, i) => (i < 21 * 36 ? value : other[i]))
    const [before, after] = [
      await attention(backend, size, [projected]),
      await attention(backend, size, [changed]),
    ]
    expect(after.output[0].slice(0, 21 * 12)).toEqual(before.output[0].slice(0, 21 * 12))
    expect(after.output[0].slice(21 * 12, 22 * 12)).not.toEqual(before.output[0].slice(21 * 12, 22 * 12))
    for (const start of [0, 37 * 37])
      expect(after.probabilities[0].slice(start, start + 21 * 37)).toEqual(
        before.probabilities[0].slice(start, start + 21 * 37),
      )
  })

  it('gives a model the same bits alone and among others, and shares by the period', async () => {
    const size = { sequences: 2, context: 9, heads: 2, width: 5 }
    const projections = several(3, 18 * 30, 5)
    const all = await attention(backend, size, projections)
    const alone = await attention(backend, size, [projections[2]])
    expect(alone.output[0]).toEqual(all.output[2])
    expect(all.output[0]).not.toEqual(all.output[2])
    const shared = await attention(backend, size, projections.slice(2), undefined, 2)
    expect(shared.output).toEqual([all.output[2], all.output[2]])
  })

  it('is right for scores of ±1e4, which overflow no exponential', async () => {
    const { size, projected } = farScores()
    const { probabilities, output } = await attention(backend, size, [projected])
    const expected = attentionReference(size, projected)
    expectWithin(probabilities[0], expected.probabilities, () => 1e-6)
    expectWithin(output[0], expected.output, () => 4e-6)
  })

  it.each([
    { part: 'query', column: 0 },
    { part: 'key', column: 4 },
    { part: 'value', column: 8 },
  ])('gives NaN from the word on whose $part is NaN', async ({ part, column }) => {
    const size = { sequences: 2, context: 6, heads: 2, width: 2 }
    const [projected] = several(1, 12 * 12, 5)
    projected[(6 + 2) * 12 + column] = Number.NaN
    const { output } = await attention(backend, size, [projected])
    // of the first head, in the second sequence, at the third word and, but for a query, behind it
    for (const word of part === 'query' ? [8] : [8, 9, 10, 11]) expect(output[0][word * 4]).toBeNaN()
    // the other head and the other sequence know nothing of it
    expect([...output[0]].filter((value, i) => Number.isNaN(value) && (i < 24 || i % 4 >= 2))).toEqual([])
  })

  it('refuses what does not fit, and names it', () => {
    const make = (rows: number, columns: number) => ({
      tensor: backend.createTensor([2, rows * columns]),
      rows,
      columns,
    })
    // two sequences of three words, two heads of two
    const shape = { models: 2, sequences: 2, heads: 2, projected: make(6, 12), probabilities: make(12, 3) }
    const forward = { ...shape, output: make(6, 4) }
    const run = (wrong: object) => () => backend.causalAttention({ ...forward, ...wrong })
    run({})()
    expect(run({ models: 0 })).toThrow(/causalAttention: models/)
    expect(run({ sequences: 0 })).toThrow(/causalAttention: sequences .*0/)
    expect(run({ heads: 1.5 })).toThrow(/causalAttention: heads .*1\.5/)
    expect(run({ heads: 3 })).toThrow(/causalAttention: probabilities is \[12, 3\].*\[18, 3\]/)
    expect(run({ projected: make(5, 12) })).toThrow(/causalAttention: projected is \[5, 12\].*\[6, 12\]/)
    expect(run({ projected: make(6, 15) })).toThrow(/causalAttention: projected\.columns .*6.*15/)
    expect(run({ output: make(6, 5) })).toThrow(/causalAttention: output is \[6, 5\].*\[6, 4\]/)
    expect(run({ output: { ...shape.probabilities, rows: 6, columns: 4 } })).toThrow(/output.*probabilities/)
    expect(run({ probabilities: { ...shape.probabilities, period: 1 } })).toThrow(/probabilities\.period/)
  })
})
