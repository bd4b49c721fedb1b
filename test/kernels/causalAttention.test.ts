import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import {
  centralDifferences,
  dispose,
  expectSame,
  expectWithin,
  laid,
  matricesOf,
  networkVariants,
  once,
  several,
  spoilFreeMemory,
  unwritten,
} from './manyModels.ts'
import { type AttentionSize, attentionGradientReference, attentionReference } from './transformerReference.ts'

/** One word, one head, widths that are no multiple of anything, more words than a tile of any size. */
const cases = [
  { models: 1, sequences: 1, context: 1, heads: 1, width: 1 },
  { models: 2, sequences: 3, context: 5, heads: 2, width: 3 },
  { models: 3, sequences: 2, context: 17, heads: 3, width: 5 },
  { models: 1, sequences: 1, context: 67, heads: 1, width: 33 },
  { models: 2, sequences: 2, context: 64, heads: 4, width: 32 },
  { models: 1, sequences: 1, context: 130, heads: 2, width: 8 },
  { models: 2, sequences: 1, context: 128, heads: 16, width: 4 },
]

const text = '$models models, $sequences sequences of $context words, $heads heads of $width'
const rowsOf = ({ sequences, context }: AttentionSize) => sequences * context
const columnsOf = ({ heads, width }: AttentionSize) => heads * width
const shapes = (size: AttentionSize) => ({
  projected: { rows: rowsOf(size), columns: 3 * columnsOf(size) },
  output: { rows: rowsOf(size), columns: columnsOf(size) },
  probabilities: { rows: rowsOf(size) * size.heads, columns: size.context },
})

const madeOf = once(({ models, ...size }: (typeof cases)[number]) => {
  const shape = shapes(size)
  // scores of size 1 or so: probabilities that differ, none of them alone
  const projections = several(models, shape.projected.rows * shape.projected.columns, 3, 2)
  const slopes = several(models, shape.output.rows * shape.output.columns, 4)
  const expected = projections.map((projected, model) => ({
    ...attentionReference(size, projected),
    gradient: attentionGradientReference(size, projected, slopes[model]),
  }))
  return { size, projections, slopes, expected }
})

// what is cut into dispatches here is cut alike in both variants
describe.each(networkVariants.filter(({ brief }) => !brief))('causalAttention on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  /** Forward and, given the slopes of the output, backward. */
  async function attention(
    size: AttentionSize,
    projections: Float32Array[],
    slopes: Float32Array[] = projections.map(() => new Float32Array(rowsOf(size) * columnsOf(size))),
    models = projections.length,
  ) {
    const shape = shapes(size)
    const { sequences, heads } = size
    spoilFreeMemory(backend)
    const projected = laid(backend, projections, { ...shape.projected, offset: 3, gap: 5 })
    const probabilities = unwritten(backend, models, { ...shape.probabilities, offset: 1, gap: 2 })
    const output = unwritten(backend, models, { ...shape.output, offset: 6, gap: 3 })
    backend.causalAttention({ models, sequences, heads, projected, probabilities, output })
    const forward = {
      probabilities: await matricesOf(backend, probabilities),
      output: await matricesOf(backend, output),
    }

    const outputGradient = laid(backend, slopes, { ...shape.output, offset: 2, gap: 1 })
    const scoreGradients = unwritten(backend, models, { ...shape.probabilities, offset: 5, gap: 1 })
    const projectedGradient = unwritten(backend, models, { ...shape.projected, offset: 7, gap: 4 })
    backend.causalAttentionGradient({
      ...{ models, sequences, heads, projected, probabilities, outputGradient, scoreGradients },
      projectedGradient,
    })
    const gradient = await matricesOf(backend, projectedGradient)
    // what lies beside the scratch space is nobody's
    await matricesOf(backend, scoreGradients)
    expectSame(await matricesOf(backend, probabilities), forward.probabilities)
    dispose(projected, probabilities, output, outputGradient, scoreGradients, projectedGradient)
    return { ...forward, gradient }
  }

  it.each(cases)(`of ${text}`, async (given) => {
    const { size, projections, slopes, expected: allExpected } = madeOf(given)
    const actual = await attention(size, projections, slopes)
    for (const [model, expected] of allExpected.entries()) {
      // a score is a sum of `width` products of size 4, an error of it is a relative one of the probability, and
      // one of the exponential's own; a row's probabilities sum to 1
      const relative = 4 * size.width * 2 ** -24 + 4e-6
      expectWithin(actual.probabilities[model], expected.probabilities, (i) =>
        expected.probabilities[i] === 0 ? 0 : relative * expected.probabilities[i] + 1e-12,
      )
      expectWithin(actual.output[model], expected.output, () => 2 * (relative + size.context * 2 ** -24))
      // the slopes of the probabilities are sums of `width` products of size 2; then sums of up to `context` terms
      // of size 2 whose probabilities sum, over the words that look at one, to a few
      expectWithin(
        actual.gradient[model],
        expected.gradient,
        () => 8 * Math.sqrt(size.width) * (relative + 2 ** -22),
      )
    }
  })

  it('has the slopes of its output', async () => {
    const size = { sequences: 2, context: 4, heads: 2, width: 3 }
    const [[projected], [slopes]] = [several(1, 8 * 18, 5, 2), several(1, 8 * 6, 6)]
    const { gradient } = await attention(size, [projected], [slopes])
    const sum = (point: Float64Array) =>
      attentionReference(size, point).output.reduce((total, value, i) => total + value * slopes[i], 0)
    expectWithin(gradient[0], centralDifferences(sum, projected), () => 5e-6)
  })

  it('does not look ahead: what comes later changes no bit', async () => {
    const size = { sequences: 1, context: 37, heads: 2, width: 6 }
    const [[projected], [other]] = [several(1, 37 * 36, 5), several(1, 37 * 36, 6, 100)]
    const changed = projected.map((value, i) => (i < 21 * 36 ? value : other[i]))
    const [before, after] = [await attention(size, [projected]), await attention(size, [changed])]
    expect(after.output[0].slice(0, 21 * 12)).toEqual(before.output[0].slice(0, 21 * 12))
    expect(after.output[0].slice(21 * 12, 22 * 12)).not.toEqual(before.output[0].slice(21 * 12, 22 * 12))
    for (const start of [0, 37 * 37])
      expect(after.probabilities[0].slice(start, start + 21 * 37)).toEqual(
        before.probabilities[0].slice(start, start + 21 * 37),
      )
  })

  it('gives a model the same bits alone and among others, and shares by the period', async () => {
    const size = { sequences: 2, context: 9, heads: 2, width: 5 }
    const [projections, slopes] = [several(3, 18 * 30, 5), several(3, 18 * 10, 6)]
    const all = await attention(size, projections, slopes)
    const alone = await attention(size, [projections[2]], [slopes[2]])
    expect(alone.output[0]).toEqual(all.output[2])
    expect(alone.gradient[0]).toEqual(all.gradient[2])
    expect(all.output[0]).not.toEqual(all.output[2])
    const shared = await attention(size, projections.slice(2), slopes.slice(1), 2)
    expect(shared.output).toEqual([all.output[2], all.output[2]])
    expect(shared.gradient[1]).toEqual(all.gradient[2])
    expect(shared.gradient[0]).not.toEqual(all.gradient[2])
  })

  it('is right for scores of ±1e4, which overflow no exponential', async () => {
    const size = { sequences: 1, context: 5, heads: 1, width: 4 }
    const projected = new Float32Array(5 * 12)
    // query · key / 2 of word i and j is 1e4 · sizes[i] · sizes[j], whole numbers
    const sizes = [1, -1, 0.9, -0.97, 0.5]
    for (const [word, size] of sizes.entries()) {
      projected[word * 12] = 200 * size
      projected[word * 12 + 4] = 100 * size
      projected.set([word, 1, -word, 0], word * 12 + 8)
    }
    const slopes = several(1, 20, 6)
    const { probabilities, output, gradient } = await attention(size, [projected], slopes)
    const expected = attentionReference(size, projected)
    expectWithin(probabilities[0], expected.probabilities, () => 1e-6)
    expectWithin(output[0], expected.output, () => 4e-6)
    // the scores' slopes, of size 4, are multiplied by 200
    expectWithin(gradient[0], attentionGradientReference(size, projected, slopes[0]), () => 2e-3)
  })

  it.each([
    { part: 'query', column: 0 },
    { part: 'key', column: 4 },
    { part: 'value', column: 8 },
  ])('gives NaN from the word on whose $part is NaN', async ({ part, column }) => {
    const size = { sequences: 2, context: 6, heads: 2, width: 2 }
    const [projected] = several(1, 12 * 12, 5)
    projected[(6 + 2) * 12 + column] = Number.NaN
    const { output } = await attention(size, [projected])
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
    const backward = {
      ...{ ...shape, outputGradient: make(6, 4), scoreGradients: make(12, 3) },
      projectedGradient: make(6, 12),
    }
    const run = (wrong: object) => () => backend.causalAttention({ ...forward, ...wrong })
    const back = (wrong: object) => () => backend.causalAttentionGradient({ ...backward, ...wrong })
    run({})()
    back({})()
    expect(run({ models: 0 })).toThrow(/causalAttention: models/)
    expect(run({ sequences: 0 })).toThrow(/causalAttention: sequences .*0/)
    expect(run({ heads: 1.5 })).toThrow(/causalAttention: heads .*1\.5/)
    expect(run({ heads: 3 })).toThrow(/causalAttention: probabilities is \[12, 3\].*\[18, 3\]/)
    expect(run({ projected: make(5, 12) })).toThrow(/causalAttention: projected is \[5, 12\].*\[6, 12\]/)
    expect(run({ projected: make(6, 15) })).toThrow(/causalAttention: projected\.columns .*6.*15/)
    expect(run({ output: make(6, 5) })).toThrow(/causalAttention: output is \[6, 5\].*\[6, 4\]/)
    expect(run({ output: { ...shape.probabilities, rows: 6, columns: 4 } })).toThrow(/output.*probabilities/)
    expect(run({ probabilities: { ...shape.probabilities, period: 1 } })).toThrow(/probabilities\.period/)
    expect(back({ outputGradient: make(6, 5) })).toThrow(
      /causalAttentionGradient: outputGradient is \[6, 5\]/,
    )
    expect(back({ scoreGradients: make(12, 4) })).toThrow(
      /causalAttentionGradient: scoreGradients is \[12, 4\]/,
    )
    expect(back({ projectedGradient: make(6, 4) })).toThrow(/projectedGradient is \[6, 4\].*\[6, 12\]/)
    expect(back({ projectedGradient: shape.projected })).toThrow(/projectedGradient.*projected/)
    expect(back({ scoreGradients: shape.probabilities })).toThrow(/scoreGradients.*probabilities/)
  })
})
