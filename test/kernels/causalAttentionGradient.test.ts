import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { attention, attentionCases, attentionMade, attentionText, farScores } from './attention.ts'
import { centralDifferences, expectWithin, networkVariants, several } from './manyModels.ts'
import { attentionGradientReference, attentionReference } from './transformerReference.ts'

// what is cut into dispatches here is cut alike in both variants
describe.each(networkVariants.filter(({ brief }) => !brief))(
  'causalAttentionGradient on $name',
  ({ create }) => {
    let backend: Backend
    beforeAll(async () => {
      backend = await create()
    })
    afterAll(() => backend.dispose())

    it.each(attentionCases)(`of ${attentionText}`, async (given) => {
      const { size, projections, slopes, expected: allExpected } = attentionMade(given)
      const actual = await attention(backend, size, projections, slopes)
      for (const [model, expected] of allExpected.entries()) {
        // as the probabilities; their slopes are sums of `width` products of size 2; then sums of up to `context`
        // terms of size 2 whose probabilities sum, over the words that look at one, to a few
        const relative = 4 * size.width * 2 ** -24 + 4e-6
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
      const { gradient } = await attention(backend, size, [projected], [slopes])
      const sum = (point: Float64Array) =>
        attentionReference(size, point).output.reduce((total, value, i) => total + value * slopes[i], 0)
      expectWithin(gradient[0], centralDifferences(sum, projected), () => 5e-6)
    })

    it('gives a model the same bits alone and among others, and shares by the period', async () => {
      const size = { sequences: 2, context: 9, heads: 2, width: 5 }
      const [projections, slopes] = [several(3, 18 * 30, 5), several(3, 18 * 10, 6)]
      const all = await attention(backend, size, projections, slopes)
      const alone = await attention(backend, size, [projections[2]], [slopes[2]])
      expect(alone.gradient[0]).toEqual(all.gradient[2])
      const shared = await attention(backend, size, projections.slice(2), slopes.slice(1), 2)
      expect(shared.gradient[1]).toEqual(all.gradient[2])
      expect(shared.gradient[0]).not.toEqual(all.gradient[2])
    })

    it('is right for scores of ±1e4, which overflow no exponential', async () => {
      const { size, projected } = farScores()
      const slopes = several(1, 20, 6)
      const { gradient } = await attention(backend, size, [projected], slopes)
      // the scores' slopes, of size 4, are multiplied by 200
      expectWithin(gradient[0], attentionGradientReference(size, projected, slopes[0]), () => 2e-3)
    })

    it('refuses what does not fit, and names it', () => {
      const make = (rows: number, columns: number) => ({
        tensor: backend.createTensor([2, rows * columns]),
        rows,
        columns,
      })
      // two sequences of three words, two heads of two
      const shape = { models: 2, sequences: 2, heads: 2, projected: make(6, 12), probabilities: make(12, 3) }
      const backward = {
        ...{ ...shape, outputGradient: make(6, 4), scoreGradients: make(12, 3) },
        projectedGradient: make(6, 12),
      }
      const back = (wrong: object) => () => backend.causalAttentionGradient({ ...backward, ...wrong })
      back({})()
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
  },
)
