/**
 * The counter-based generator that both backends share, bit for bit in its integers: Philox-4x32-10 (Salmon,
 * Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011; the Random123 library). A word
 * is a pure function of (seed, stream, batch, row, column), so any slice of a table can be drawn alone, in any
 * order and on any backend.
 *
 * Word of element (row, column): counter (column >> 2, row, stream, batch), key (seed, 0), word column & 3.
 *
 * Normals, the recipe that the WebAssembly and the WGSL kernels both follow in float32 (Box–Muller; own
 * polynomials, because the precision of WGSL's built-in log, sin and cos is left to the device):
 *
 *   words (x0, x1) → columns 4j (radius · cos) and 4j + 1 (radius · sin); (x2, x3) → 4j + 2 and 4j + 3;
 *   the last counter's surplus words are dropped.
 *
 *   radius = √(−2 ln u),  u = ((x >>> 9) + 0.5) · 2^-23            exact in float32, 2^-24 ≤ u ≤ 1 − 2^-24
 *     e = (bits(u) − 0x3f3504f3) >> 23 (arithmetic),  m = float(bits(u) − (e << 23))       m in [√½, √2)
 *     s = (m − 1) / (m + 1),  z = s²,  ln m = 2 atanh s                          z ≤ 0.0295
 *     ln m = s · (2 + z · (0.6666667 + z · (0.4 + z · (0.2857143 + z · 0.2222222))))
 *     ln u = e · 0.6931472 + ln m
 *
 *   angle = 2π ((y >>> 9) + 0.5) · 2^-23, its quadrant taken off in integers (a turn is 2^24):
 *     t = 2 (y >>> 9) + 1,  q = (t + 0x200000) >> 22,  r = t − (q << 22)          |r| ≤ 2^21
 *     a = float(r) · 3.7450703e-7 (= 2π / 2^24),  z = a²                        |a| ≤ π/4
 *     sin a = a · (1 + z · (−0.16666667 + z · (8.3333333e-3 + z · (−1.9841270e-4 + z · 2.7557319e-6))))
 *     cos a = 1 + z · (−0.5 + z · (4.1666667e-2 + z · (−1.3888889e-3 + z · 2.4801587e-5)))
 *     q & 1 swaps:  cos = (q & 1 ? sin a : cos a), negated when (q + 1) & 2
 *                   sin = (q & 1 ? cos a : sin a), negated when q & 2
 */
import type { Arguments } from './arguments.ts'

/** The source of normals: decides every draw. Counter of element (row, column): (column >> 2, row, stream, batch). */
export interface RandomSource {
  /** 32-bit unsigned; the Philox key is (seed, 0). */
  readonly seed: number
  /** The number of the stream: see `streams` in random.ts. */
  readonly stream: number
  readonly batch?: number
}

/** Numbers of the streams of one seed: they are independent streams of one generator. */
export const streams = {
  /** The embedding table: row = word, column = dimension. */
  embedding: 0,
  /** Noise of the hidden states: row = token. */
  hidden: 1,
  /** Target words: row = token. */
  targets: 2,
  /** Input words: row = token. */
  inputs: 3,
  /** The order in which the training images are packed: row = place. */
  packedOrder: 4,
  /** The choice of a run's training images: row = place. */
  trainingImages: 5,
  /** The order of a run's training images in an epoch: row = epoch, column = place. */
  epochOrder: 6,
  /** A network's first weights: row = 0, column = parameter. */
  weights: 7,
  /** Noise of the latent variables in training: row = see `noiseRows`. */
  latentNoise: 8,
  /** Noise of the latent variables in evaluation: row = image · 64 + sample. */
  evaluationNoise: 9,
  /** Samples for pictures only: row = sample; for samples that are new at every step, batch = step. */
  pictureNoise: 10,
  /** The order of pictures without labels: row = 0. */
  pictureOrder: 11,
  /** A language model's learned positions: row = position, column = dimension. */
  positions: 12,
  /** A language model's other weights: batch = index of the matrix in the model, row and column as in the matrix. */
  languageModel: 13,
  /** The first words of a training batch's windows in the text: batch = step, row = sequence. */
  trainingWindows: 14,
  /** Words that a language model writes: batch = step, row = place. */
  continuation: 15,
} as const

export type FourWords = readonly [number, number, number, number]

/** Upper 32 bits of the 64-bit product of two 32-bit unsigned integers. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const low = aLow * bLow
  const middle = aHigh * bLow + (low >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (cross >>> 16)) >>> 0
}

/** Philox-4x32-10: four 32-bit words from a counter of four and a key of two 32-bit words. */
export function philox(counter: FourWords, key: readonly [number, number]): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const low0 = Math.imul(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low1 = Math.imul(0xcd9e8d57, c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** The 32-bit word of element (row, column) of a stream, the same as in `randomBits`. */
export function randomWord(source: RandomSource, row: number, column: number): number {
  return philox([column >>> 2, row, source.stream, source.batch ?? 0], [source.seed, 0])[column & 3]
}

/**
 * Integers 0…bound − 1, one per row firstRow…firstRow + count − 1 of the stream, each from the row's column 0.
 * The word is scaled by multiply and shift (Lemire 2019, without the rejection step): the relative error of each
 * value's probability is at most bound · 2^-32, 6e-5 at 262,144. Throws a RangeError unless 1 ≤ bound ≤ 2^32 − 1.
 */
export function uniformIntegers(
  source: RandomSource,
  firstRow: number,
  count: number,
  bound: number,
): Uint32Array {
  if (!Number.isInteger(bound) || bound < 1 || bound > 0xffffffff)
    throw new RangeError(`uniformIntegers: bound must be a whole number from 1 to 4294967295, not ${bound}.`)
  return Uint32Array.from({ length: count }, (_, i) =>
    multiplyHigh(randomWord(source, firstRow + i, 0), bound),
  )
}

export function checkSource(
  given: Pick<Arguments<never>, 'unsigned'>,
  { seed, stream, batch = 0 }: RandomSource,
): Required<RandomSource> {
  return {
    seed: given.unsigned('seed', seed),
    stream: given.unsigned('stream', stream),
    batch: given.unsigned('batch', batch),
  }
}
