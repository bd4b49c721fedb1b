/** Medians and quartiles of measured times. */

/** The value below which a share of the samples lies, interpolated between the two samples beside it. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.ceil(place)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}

export interface Spread {
  readonly median: number
  /** A quarter of the samples lies below the first one, a quarter above the second one. */
  readonly quartiles: readonly [number, number]
}

/** NaN without samples. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other)
  if (sorted.length === 0) return { median: Number.NaN, quartiles: [Number.NaN, Number.NaN] }
  return {
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  }
}

export function largestDifference(one: Float32Array, other: Float32Array): number {
  let largest = 0
  for (const [index, value] of one.entries()) {
    // two equal infinities do not differ
    const difference = value === other[index] ? 0 : Math.abs(value - other[index])
    // NaN on one side only must count as a difference
    if (!(difference <= largest) && !(Number.isNaN(value) && Number.isNaN(other[index]))) largest = difference
  }
  return largest
}
