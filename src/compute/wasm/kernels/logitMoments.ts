/** Σ u, Σ u² and the histogram of raw logits. */
import { horizontalSum, multiplyAdd } from './vector'

/** One count a lane and bin, so that neighbouring logits in one bin do not wait for each other. */
let counts: usize
let offset: v128
let factor: v128
let last: v128

/** Clears `counts`, [bins + 2][4 lanes] uint32, and sets the bins: ±range, one more bin at each end. */
export function bindHistogram(place: usize, range: f32, bins: i32): void {
  memory.fill(place, 0, <usize>(bins + 2) << 4)
  counts = place
  factor = f32x4.splat(<f32>(<f64>bins / (2 * <f64>range)))
  offset = f32x4.splat(<f32>(<f64>bins / 2 + 1))
  last = f32x4.splat(<f32>(bins + 1))
}

/** Adds the lanes' counts to `histogram` [bins + 2]. */
export function mergeHistogram(place: usize, histogram: usize, bins: i32): void {
  for (let bin = 0; bin < bins + 2; bin++) {
    const sum = load<u32>(place) + load<u32>(place, 4) + load<u32>(place, 8) + load<u32>(place, 12)
    store<u32>(histogram, load<u32>(histogram) + sum)
    place += 16
    histogram += 4
  }
}

/** Byte offsets of the counts of four logits. */
// @ts-ignore: decorator
@inline
function binOffsets(u: v128, binsPerUnit: v128, centre: v128, lastBin: v128): v128 {
  // NaN passes pmax and pmin, and becomes 0: it is counted as below
  const bin = f32x4.pmin(f32x4.pmax(multiplyAdd(u, binsPerUnit, centre), f32x4.splat(0)), lastBin)
  return i32x4.shl(i32x4.trunc_sat_f32x4_s(bin), 4)
}

// @ts-ignore: decorator
@inline
function count(place: usize, lane: usize): void {
  store<u32>(place + lane, load<u32>(place + lane) + 1)
}

/** Takes `words` logits of a row into Σ u and Σ u² (float64) and the counts. */
export function addMoments(row: usize, words: i32, sum: usize, sumOfSquares: usize): void {
  const base = counts
  const binsPerUnit = factor
  const centre = offset
  const lastBin = last
  let sums = f32x4.splat(0)
  let squares = f32x4.splat(0)
  const vectorEnd = row + (<usize>(words & ~3) << 2)
  for (; row < vectorEnd; row += 16) {
    const u = v128.load(row)
    sums = f32x4.add(sums, u)
    squares = multiplyAdd(u, u, squares)
    const places = binOffsets(u, binsPerUnit, centre, lastBin)
    count(base + <usize>i32x4.extract_lane(places, 0), 0)
    count(base + <usize>i32x4.extract_lane(places, 1), 4)
    count(base + <usize>i32x4.extract_lane(places, 2), 8)
    count(base + <usize>i32x4.extract_lane(places, 3), 12)
  }
  let total = <f64>horizontalSum(sums)
  let squared = <f64>horizontalSum(squares)
  for (let i = 0; i < (words & 3); i++) {
    const u = load<f32>(row + (<usize>i << 2))
    total += <f64>u
    squared += <f64>u * <f64>u
    const places = binOffsets(f32x4.splat(u), binsPerUnit, centre, lastBin)
    count(base + <usize>i32x4.extract_lane(places, 0), 0)
  }
  store<f64>(sum, load<f64>(sum) + total)
  store<f64>(sumOfSquares, load<f64>(sumOfSquares) + squared)
}
