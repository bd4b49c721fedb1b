/**
 * Standard normals by Box–Muller; the recipe and its constants are stated in ../../random.ts. No relaxed
 * instruction here, so that a seed draws the same bits on every processor.
 */
import { BLOCK, own } from './own'
import { DRAWN, philox, words } from './philox'
import { transpose } from './vector'

// @ts-ignore: decorator
@inline
function constant(value: f32): v128 {
  return f32x4.splat(value)
}

/** a · b + c, rounded twice. */
// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

/** √(−2 ln u) of u = ((x >>> 9) + ½) · 2^-23. */
// @ts-ignore: decorator
@inline
function radius(x: v128): v128 {
  const u = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(x, 9)), constant(0.5)), constant(1.1920929e-7))
  const exponent = i32x4.shr_s(i32x4.sub(u, i32x4.splat(0x3f3504f3)), 23)
  const mantissa = i32x4.sub(u, i32x4.shl(exponent, 23))
  const s = f32x4.div(f32x4.sub(mantissa, constant(1)), f32x4.add(mantissa, constant(1)))
  const z = f32x4.mul(s, s)
  let series = plus(z, constant(0.2222222), constant(0.2857143))
  series = plus(z, series, constant(0.4))
  series = plus(z, series, constant(0.6666667))
  series = plus(z, series, constant(2))
  const logarithm = plus(f32x4.convert_i32x4_s(exponent), constant(0.6931472), f32x4.mul(s, series))
  return f32x4.sqrt(f32x4.mul(constant(-2), logarithm))
}

/** Normals of four words x and four words y: pairs radius · cos and radius · sin, left where `words` had them. */
// @ts-ignore: decorator
@inline
function boxMuller(place: usize): void {
  const length = radius(v128.load(place))
  const y = v128.load(place, 16)
  const turn = v128.or(i32x4.shl(i32x4.shr_u(y, 9), 1), i32x4.splat(1))
  const quadrant = i32x4.shr_u(i32x4.add(turn, i32x4.splat(0x200000)), 22)
  const rest = i32x4.sub(turn, i32x4.shl(quadrant, 22))
  const angle = f32x4.mul(f32x4.convert_i32x4_s(rest), constant(3.7450703e-7))
  const z = f32x4.mul(angle, angle)
  let sine = plus(z, constant(2.7557319e-6), constant(-1.984127e-4))
  sine = plus(z, sine, constant(8.3333333e-3))
  sine = plus(z, sine, constant(-0.16666667))
  sine = f32x4.mul(angle, plus(z, sine, constant(1)))
  let cosine = plus(z, constant(2.4801587e-5), constant(-1.3888889e-3))
  cosine = plus(z, cosine, constant(4.1666667e-2))
  cosine = plus(z, cosine, constant(-0.5))
  cosine = plus(z, cosine, constant(1))
  const swapped = i32x4.shr_s(i32x4.shl(quadrant, 31), 31)
  const two = i32x4.splat(2)
  const cosineSign = i32x4.shl(v128.and(i32x4.add(quadrant, i32x4.splat(1)), two), 30)
  const sineSign = i32x4.shl(v128.and(quadrant, two), 30)
  const first = v128.xor(v128.bitselect(sine, cosine, swapped), cosineSign)
  const second = v128.xor(v128.bitselect(cosine, sine, swapped), sineSign)
  v128.store(place, f32x4.mul(length, first))
  v128.store(place, f32x4.mul(length, second), 16)
}

/** output [rows, columns]: row i is the stream's row `indices[i]`, or firstRow + i where `indices` is 0. */
export function randomNormal(
  output: usize, rows: i32, columns: i32, indices: usize, firstRow: u32, stream: u32, batch: u32, seed: u32,
): void {
  const block = own + BLOCK
  const drawn = words()
  for (let i = 0; i < rows; i++) {
    const row = indices ? load<u32>(indices + (<usize>i << 2)) : firstRow + i
    for (let column = 0; column < columns; column += DRAWN) {
      philox(column >> 2, row, stream, batch, seed)
      for (let at: usize = 0; at < 128; at += 32) boxMuller(drawn + at)
      const count = min(DRAWN, columns - column)
      const target = count == DRAWN ? output : block
      transpose(target, drawn)
      transpose(target + 64, drawn + 64)
      if (count < DRAWN) memory.copy(output, block, count << 2)
      output += count << 2
    }
  }
}
