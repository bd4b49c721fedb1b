/** Philox-4x32-10, eight counters at a time (see ../../random.ts). */

import { own, WORDS } from './own'

/** Columns of a row that one call of `philox` draws. */
export const DRAWN: i32 = 32

/** Where `philox` leaves its words: word 0 of the first four counters, then word 1, 2, 3; then the other four. */
// @ts-ignore: decorator
@inline
export function words(): usize {
  return own + WORDS
}

/**
 * The words of counters (block…block + 7, row, stream, batch) under the key (seed, 0). Two groups of four lanes
 * go side by side, because a round has to wait for the one before. Blocks past 2^30 are meaningless; no column
 * reaches them.
 */
// @ts-ignore: decorator
@inline
export function philox(block: u32, row: u32, stream: u32, batch: u32, seed: u32): void {
  const multiplier0 = i32x4.splat(0xd2511f53)
  const multiplier1 = i32x4.splat(0xcd9e8d57)
  const weyl0 = i32x4.splat(0x9e3779b9)
  const weyl1 = i32x4.splat(0xbb67ae85)
  let a0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3))
  let b0 = i32x4.add(a0, i32x4.splat(4))
  let a1 = i32x4.splat(row)
  let b1 = a1
  let a2 = i32x4.splat(stream)
  let b2 = a2
  let a3 = i32x4.splat(batch)
  let b3 = a3
  let k0 = i32x4.splat(seed)
  let k1 = i32x4.splat(0)
  for (let round = 0; round < 10; round++) {
    const a0Low = i64x2.extmul_low_i32x4_u(a0, multiplier0)
    const a0High = i64x2.extmul_high_i32x4_u(a0, multiplier0)
    const b0Low = i64x2.extmul_low_i32x4_u(b0, multiplier0)
    const b0High = i64x2.extmul_high_i32x4_u(b0, multiplier0)
    const a2Low = i64x2.extmul_low_i32x4_u(a2, multiplier1)
    const a2High = i64x2.extmul_high_i32x4_u(a2, multiplier1)
    const b2Low = i64x2.extmul_low_i32x4_u(b2, multiplier1)
    const b2High = i64x2.extmul_high_i32x4_u(b2, multiplier1)
    a0 = v128.xor(v128.xor(upperWords(a2Low, a2High), a1), k0)
    b0 = v128.xor(v128.xor(upperWords(b2Low, b2High), b1), k0)
    a1 = lowerWords(a2Low, a2High)
    b1 = lowerWords(b2Low, b2High)
    a2 = v128.xor(v128.xor(upperWords(a0Low, a0High), a3), k1)
    b2 = v128.xor(v128.xor(upperWords(b0Low, b0High), b3), k1)
    a3 = lowerWords(a0Low, a0High)
    b3 = lowerWords(b0Low, b0High)
    k0 = i32x4.add(k0, weyl0)
    k1 = i32x4.add(k1, weyl1)
  }
  const place = words()
  v128.store(place, a0)
  v128.store(place, a1, 16)
  v128.store(place, a2, 32)
  v128.store(place, a3, 48)
  v128.store(place, b0, 64)
  v128.store(place, b1, 80)
  v128.store(place, b2, 96)
  v128.store(place, b3, 112)
}

// @ts-ignore: decorator
@inline
function upperWords(low: v128, high: v128): v128 {
  return i32x4.shuffle(low, high, 1, 3, 5, 7)
}

// @ts-ignore: decorator
@inline
function lowerWords(low: v128, high: v128): v128 {
  return i32x4.shuffle(low, high, 0, 2, 4, 6)
}
