/** Merges the statistics of segments of the vocabulary. */
import type { LogitLossResult } from '../../compute/backend.ts'

/**
 * The statistics of all words of the segments, which are given in the order of their words. The sums over exponentials
 * are moved to the common maximum m: with l = scale · u and δ = scale · (m of the segment − m),
 * Σ exp(l − m) = exp(δ) Σ₀, Σ (l − m) exp(l − m) = exp(δ) (Σ₁ + δ Σ₀), Σ exp(2 (l − m)) = exp(2 δ) Σ₂.
 */
export function mergedLogitLoss(
  segments: readonly LogitLossResult[],
  scales: readonly number[],
): LogitLossResult {
  const [first] = segments
  if (segments.length === 1) return first
  const maximum = largest(segments.map((segment) => segment.maximum))
  const [sumExp, sumShiftedExp, sumSquaredExp] = [0, 0, 0].map(() => new Float64Array(first.sumExp.length))
  const tokens = maximum.length
  for (const segment of segments)
    for (let place = 0; place < sumExp.length; place++) {
      const token = place % tokens
      const scale = scales[Math.floor(place / tokens)]
      const shift = scale * (segment.maximum[token] - maximum[token])
      const factor = Math.exp(shift)
      sumExp[place] += factor * segment.sumExp[place]
      sumShiftedExp[place] += factor * (segment.sumShiftedExp[place] + shift * segment.sumExp[place])
      sumSquaredExp[place] += factor * factor * segment.sumSquaredExp[place]
    }
  return {
    maximum,
    sumExp: Float32Array.from(sumExp),
    sumShiftedExp: Float32Array.from(sumShiftedExp),
    sumSquaredExp: Float32Array.from(sumSquaredExp),
    targetLogit: known(segments.map(({ targetLogit }) => targetLogit)),
    ownLogit: known(segments.map(({ ownLogit }) => ownLogit)),
    sum: Float32Array.from(total(segments.map(({ sum }) => sum))),
    sumOfSquares: Float32Array.from(total(segments.map(({ sumOfSquares }) => sumOfSquares))),
    histogram: Uint32Array.from(total(segments.map(({ histogram }) => histogram))),
    landscape: largest(segments.map(({ landscape }) => landscape)),
  }
}

function largest([first, ...others]: readonly Float32Array[]): Float32Array {
  const result = first.slice()
  for (const other of others)
    for (let place = 0; place < result.length; place++)
      if (other[place] > result[place]) result[place] = other[place]
  return result
}

/** Each number of the one segment that has its word: in all others it is NaN. */
function known([first, ...others]: readonly Float32Array[]): Float32Array {
  const result = first.slice()
  for (const other of others)
    for (const [place, number] of other.entries()) if (!Number.isNaN(number)) result[place] = number
  return result
}

function total(segments: readonly (Float32Array | Uint32Array)[]): Float64Array {
  const result = new Float64Array(segments[0].length)
  for (const segment of segments)
    for (let place = 0; place < result.length; place++) result[place] += segment[place]
  return result
}
