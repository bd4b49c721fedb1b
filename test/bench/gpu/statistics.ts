/** Samples and what is said of them. */

export interface Summary {
  readonly samples: readonly number[]
  readonly median: number
  readonly quartiles: readonly [number, number]
}

/** Between neighbours, the quantile lies on the straight line that joins them. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const next = sorted[Math.min(below + 1, sorted.length - 1)]
  return sorted[below] + (place - below) * (next - sorted[below])
}

export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((one, other) => one - other)
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share))
  return { samples, median, quartiles: [low, high] }
}

/** The largest difference of two results, relative to the largest value of the first; NaN where they do not compare. */
export function relativeDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Number.NaN
  let largest = 0
  let difference = 0
  for (let i = 0; i < one.length; i++) {
    largest = Math.max(largest, Math.abs(one[i]))
    // Math.max keeps NaN
    difference = Math.max(difference, one[i] === other[i] ? 0 : Math.abs(one[i] - other[i]))
  }
  return difference === 0 ? 0 : difference / largest
}
