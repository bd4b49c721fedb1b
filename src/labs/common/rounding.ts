/** How far two backends may differ because each rounds in float32. */

/**
 * The largest difference that rounding explains where an entry of `result` comes from sums of at most `terms` products:
 * two backends add in different orders, and each addition rounds by at most 2⁻²⁴ of the sum.
 */
export function summationTolerance(terms: number, result: Float32Array): number {
  let largest = 1
  for (const value of result) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  return terms * 2 ** -24 * largest
}
