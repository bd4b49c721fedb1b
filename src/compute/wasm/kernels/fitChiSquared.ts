/**
 * ln ∫ p² / q in closed form: over all pairs of P's components ∫ N_i N_j / q is an integral of a Gaussian, of
 * precision λ = 1/s_i² + 1/s_j² − 1/σ². Its mass may lie far outside of P and Q, where no grid of theirs reaches.
 */
import { setResult } from './fitDivergence'
import { FitComponent, FitTask } from './fitTask'

/** Infinite, with an infinite gradient, as soon as σ² ≤ s² / 2 for one component. */
export function evaluateChiSquared(task: FitTask, mean: f64, sd: f64, logSd: f64): void {
  const end = task.components + <usize>task.componentCount * offsetof<FitComponent>()
  const ofQ = 1 / (sd * sd)
  let largest: f64 = -Infinity
  let total: f64 = 0
  let byMean: f64 = 0
  let byLogSd: f64 = 0
  for (let first = task.components; first < end; first += offsetof<FitComponent>()) {
    const one = changetype<FitComponent>(first)
    const onePrecision = one.inverse * one.inverse
    const oneGap = one.mean - mean
    if (2 * onePrecision <= ofQ) {
      setResult(Infinity, Infinity, Infinity)
      return
    }
    for (let second = first; second < end; second += offsetof<FitComponent>()) {
      const other = changetype<FitComponent>(second)
      const otherPrecision = other.inverse * other.inverse
      const otherGap = other.mean - mean
      const precision = onePrecision + otherPrecision - ofQ
      // some other component makes it infinite
      if (!(precision > 0)) continue
      const gap = oneGap - otherGap
      const pull = onePrecision * oneGap + otherPrecision * otherGap
      const exponent =
        ofQ * (onePrecision * oneGap * oneGap + otherPrecision * otherGap * otherGap) -
        onePrecision * otherPrecision * gap * gap
      const term = one.logWeight + other.logWeight + logSd + Math.log(one.inverse * other.inverse)
        + 0.5 * (exponent / precision - Math.log(precision)) + (first == second ? 0 : Math.LN2)
      const distance = pull / precision
      if (term > largest) {
        const factor = Math.exp(largest - term)
        total *= factor
        byMean *= factor
        byLogSd *= factor
        largest = term
      }
      const weight = Math.exp(term - largest)
      total += weight
      byMean -= weight * distance * ofQ
      byLogSd -= weight * ((distance * distance + 1 / precision) * ofQ - 1)
    }
  }
  setResult(largest + Math.log(total), byMean / total, byLogSd / total)
}
