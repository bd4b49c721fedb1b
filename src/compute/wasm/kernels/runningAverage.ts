import { weightedSum } from './weightedSum'

/** average ← average · kept + parameters · (1 − kept), of `count` parameters. */
export function runningAverage(average: usize, parameters: usize, count: u32, kept: f32): void {
  weightedSum(average, average, kept, parameters, 1 - kept, count)
}
