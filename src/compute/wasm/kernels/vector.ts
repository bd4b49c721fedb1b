/** Small pieces that the kernels share. Four float32 lanes a vector. */

/** Register block of the matrix product, rows × columns of outputs: what fits in 16 vector registers. */
export const BLOCK_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4
export const BLOCK_COLUMNS: i32 = 8
/** Rows of the block that takes the last few. */
export const SHORT_ROWS: i32 = 4

/** a · b + c, fused where the relaxed instruction exists. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

// @ts-ignore: decorator
@inline
export function horizontalSum(a: v128): f32 {
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
}

// @ts-ignore: decorator
@inline
export function horizontalMaximum(a: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
    max<f32>(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
  )
}

/** The upper two lanes as the lower two: what float64 lanes take next. */
// @ts-ignore: decorator
@inline
export function upperHalf(a: v128): v128 {
  return i32x4.shuffle(a, a, 2, 3, 2, 3)
}

/** Four vectors that lie one after another at `source`, as the columns of a 4 × 4 matrix of rows at `target`. */
// @ts-ignore: decorator
@inline
export function transpose(target: usize, source: usize): void {
  const a = v128.load(source)
  const b = v128.load(source, 16)
  const c = v128.load(source, 32)
  const d = v128.load(source, 48)
  const abLow = i32x4.shuffle(a, b, 0, 4, 1, 5)
  const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7)
  const cdLow = i32x4.shuffle(c, d, 0, 4, 1, 5)
  const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7)
  v128.store(target, i32x4.shuffle(abLow, cdLow, 0, 1, 4, 5))
  v128.store(target, i32x4.shuffle(abLow, cdLow, 2, 3, 6, 7), 16)
  v128.store(target, i32x4.shuffle(abHigh, cdHigh, 0, 1, 4, 5), 32)
  v128.store(target, i32x4.shuffle(abHigh, cdHigh, 2, 3, 6, 7), 48)
}

/** The first `count` (1…4) lanes from memory; the others are 0. Nothing behind them is touched. */
// @ts-ignore: decorator
@inline
export function loadFirst(source: usize, count: i32): v128 {
  if (count >= 4) return v128.load(source)
  if (count == 1) return v128.load32_zero(source)
  const two = v128.load64_zero(source)
  return count == 2 ? two : f32x4.replace_lane(two, 2, load<f32>(source, 8))
}

/** Stores the first `count` (1…4) lanes and nothing behind them. */
// @ts-ignore: decorator
@inline
export function storeFirst(target: usize, a: v128, count: i32): void {
  if (count >= 4) {
    v128.store(target, a)
  } else {
    store<f32>(target, f32x4.extract_lane(a, 0))
    if (count > 1) store<f32>(target, f32x4.extract_lane(a, 1), 4)
    if (count > 2) store<f32>(target, f32x4.extract_lane(a, 2), 8)
  }
}

/** The first `count` lanes of a, and of b the others. */
// @ts-ignore: decorator
@inline
export function firstLanes(a: v128, b: v128, count: i32): v128 {
  return v128.bitselect(a, b, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)))
}
