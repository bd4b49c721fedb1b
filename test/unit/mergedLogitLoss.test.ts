import { describe, expect, it } from 'vitest'
import type { LogitLossResult } from '../../src/compute/backend.ts'
import { uniformIntegers } from '../../src/compute/random.ts'
import { mergedLogitLoss } from '../../src/labs/init/mergedLogitLoss.ts'

const scales = [1, 0.3]
const [tokens, words, bins] = [5, 60, 4]
const target = (token: number) => 7 * token
const own = (token: number) => 59 - token

/** The statistics of the words from `first` to before `end`, in float64 and then in float32. */
function statistics(logits: Float32Array, first: number, end: number): LogitLossResult {
  const rows = Array.from({ length: tokens }, (_, token) =>
    logits.subarray(token * words + first, token * words + end),
  )
  const maxima = rows.map((row) => Math.max(...row))
  const sums = (of: (u: number) => number) =>
    Float32Array.from(rows, (row) => row.reduce((sum, u) => sum + of(u), 0))
  const overScales = (of: (shifted: number) => number) =>
    Float32Array.from({ length: scales.length * tokens }, (_, place) => {
      const [scale, token] = [scales[Math.floor(place / tokens)], place % tokens]
      return rows[token].reduce((sum, u) => sum + of(scale * (u - maxima[token])), 0)
    })
  const at = (word: (token: number) => number) =>
    Float32Array.from(rows, (row, token) => row[word(token) - first] ?? Number.NaN)
  const landscape = new Float32Array(tokens * bins).fill(-3e38)
  for (const [token, row] of rows.entries())
    for (const [index, u] of row.entries()) {
      const bin = token * bins + Math.floor(((first + index) * bins) / words)
      landscape[bin] = Math.max(landscape[bin], u)
    }
  return {
    maximum: Float32Array.from(maxima),
    sumExp: overScales(Math.exp),
    sumShiftedExp: overScales((l) => l * Math.exp(l)),
    sumSquaredExp: overScales((l) => Math.exp(2 * l)),
    targetLogit: at(target),
    ownLogit: at(own),
    sum: sums((u) => u),
    sumOfSquares: sums((u) => u * u),
    histogram: Uint32Array.of(tokens * (end - first), 0, end),
    landscape,
  }
}

describe('merged statistics of segments', () => {
  const drawn = uniformIntegers({ seed: 1, stream: 0 }, 0, tokens * words, 8000)
  const logits = Float32Array.from(drawn, (integer) => integer / 500 - 8)

  it.each([[[0, 60]], [[0, 20, 40, 60]], [[0, 1, 59, 60]]])('are those of all words: %j', (ends) => {
    const segments = ends.slice(1).map((end, index) => statistics(logits, ends[index], end))
    const merged = mergedLogitLoss(segments, scales)
    const whole = statistics(logits, 0, words)
    for (const name of ['maximum', 'targetLogit', 'ownLogit', 'landscape'] as const)
      expect(merged[name]).toEqual(whole[name])
    const histogram = segments.reduce((sum, { histogram }) => sum + histogram[2], 0)
    expect([...merged.histogram]).toEqual([tokens * words, 0, histogram])
    for (const name of ['sumExp', 'sumShiftedExp', 'sumSquaredExp', 'sum', 'sumOfSquares'] as const)
      for (const [index, value] of merged[name].entries()) {
        const largest = Math.max(...whole[name].map(Math.abs))
        expect(Math.abs(value - whole[name][index])).toBeLessThan(1e-6 * largest)
      }
  })
})
