/**
 * What every operation should give, as plain float64 loops (Philox in BigInt), written to be read. Inputs are
 * what the backend got, so that only the backend's own rounding is measured.
 */
import type { RandomSource } from '../../src/compute/backend.ts'

/** The largest |actual − expected|; NaN as soon as one element is NaN or missing. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN
  let largest = 0
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(actual[i] - expected[i]))
  return largest
}

const mask = 0xffffffffn

/** Philox-4x32-10 in BigInt, word for word as the paper states it (Salmon et al. 2011). */
export function philoxReference(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt)
  let [k0, k1] = key.map(BigInt)
  for (let round = 0; round < 10; round++) {
    const first = 0xd2511f53n * c0
    const second = 0xcd9e8d57n * c2
    ;[c0, c1, c2, c3] = [(second >> 32n) ^ c1 ^ k0, second & mask, (first >> 32n) ^ c3 ^ k1, first & mask]
    k0 = (k0 + 0x9e3779b9n) & mask
    k1 = (k1 + 0xbb67ae85n) & mask
  }
  return [c0, c1, c2, c3].map(Number)
}

/** [rows.length, columns]: the words of these rows of a stream. */
export function randomBitsReference(
  source: RandomSource,
  rows: readonly number[],
  columns: number,
): Uint32Array {
  const output = new Uint32Array(rows.length * columns)
  rows.forEach((row, i) => {
    for (let column = 0; column < columns; column += 4) {
      const counter = [column / 4, row, source.stream, source.batch ?? 0]
      const words = philoxReference(counter, [source.seed, 0])
      for (let k = 0; k < Math.min(4, columns - column); k++) output[i * columns + column + k] = words[k]
    }
  })
  return output
}

/** Box–Muller on two words, as random.ts states it, with float64 functions. */
function normalPairReference(x: number, y: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(((x >>> 9) + 0.5) * 2 ** -23))
  const angle = 2 * Math.PI * ((y >>> 9) + 0.5) * 2 ** -23
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
}

/** [rows.length, columns]: the standard normals of these rows of a stream. */
export function randomNormalReference(
  source: RandomSource,
  rows: readonly number[],
  columns: number,
): Float64Array {
  const even = columns + (columns % 2)
  const bits = randomBitsReference(source, rows, even)
  const output = new Float64Array(rows.length * columns)
  for (let i = 0; i < rows.length; i++)
    for (let column = 0; column < columns; column += 2) {
      const pair = normalPairReference(bits[i * even + column], bits[i * even + column + 1])
      output[i * columns + column] = pair[0]
      if (column + 1 < columns) output[i * columns + column + 1] = pair[1]
    }
  return output
}

/** Every row to mean 0 and variance 1 (variance over the row's own mean, divided by its length). */
export function layerNormReference(
  input: ArrayLike<number>,
  rows: number,
  columns: number,
  epsilon = 1e-5,
): Float64Array {
  const output = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    let mean = 0
    for (let k = 0; k < columns; k++) mean += input[row * columns + k] / columns
    let variance = 0
    for (let k = 0; k < columns; k++) variance += (input[row * columns + k] - mean) ** 2 / columns
    for (let k = 0; k < columns; k++)
      output[row * columns + k] = (input[row * columns + k] - mean) / Math.sqrt(variance + epsilon)
  }
  return output
}

export interface LogitLossReferenceArguments {
  /** [tokens, dModel] */
  readonly hidden: ArrayLike<number>
  readonly tokens: number
  readonly dModel: number
  /** [words, columns], columns ≥ dModel; row 0 is word `firstWord`. */
  readonly table: ArrayLike<number>
  readonly columns: number
  readonly words: number
  readonly firstWord: number
  readonly targets: ArrayLike<number>
  readonly inputs: ArrayLike<number>
  readonly scales: readonly number[]
  readonly vocabulary: number
  readonly histogramRange: number
  readonly histogramBins: number
  readonly landscapeBins: number
}

/** `LogitLossResult` in float64, with the raw logits themselves: `logits` is [tokens, words]. */
export interface LogitLossReference {
  readonly logits: Float64Array
  readonly maximum: Float64Array
  readonly sumExp: Float64Array
  readonly sumShiftedExp: Float64Array
  readonly sumSquaredExp: Float64Array
  readonly targetLogit: Float64Array
  readonly ownLogit: Float64Array
  readonly sum: Float64Array
  readonly sumOfSquares: Float64Array
  readonly histogram: Uint32Array
  readonly landscape: Float64Array
}

/** The statistics that `logitLoss` gives when it starts from an empty state and sees these words only. */
export function logitLossReference(given: LogitLossReferenceArguments): LogitLossReference {
  const { hidden, tokens, dModel, table, columns, words, firstWord, scales, histogramBins, landscapeBins } =
    given
  const logits = new Float64Array(tokens * words)
  for (let token = 0; token < tokens; token++)
    for (let word = 0; word < words; word++) {
      let dot = 0
      for (let k = 0; k < dModel; k++) dot += hidden[token * dModel + k] * table[word * columns + k]
      logits[token * words + word] = dot
    }

  const perToken = () => new Float64Array(tokens)
  const perScale = () => new Float64Array(scales.length * tokens)
  const result: LogitLossReference = {
    logits,
    maximum: perToken().fill(-Infinity),
    sumExp: perScale(),
    sumShiftedExp: perScale(),
    sumSquaredExp: perScale(),
    targetLogit: perToken().fill(Number.NaN),
    ownLogit: perToken().fill(Number.NaN),
    sum: perToken(),
    sumOfSquares: perToken(),
    histogram: new Uint32Array(histogramBins + 2),
    landscape: new Float64Array(tokens * landscapeBins).fill(-3e38),
  }
  for (let token = 0; token < tokens; token++) {
    const row = logits.subarray(token * words, (token + 1) * words)
    row.forEach((u, index) => {
      const word = firstWord + index
      result.maximum[token] = Math.max(result.maximum[token], u)
      result.sum[token] += u
      result.sumOfSquares[token] += u * u
      if (word === given.targets[token]) result.targetLogit[token] = u
      if (word === given.inputs[token]) result.ownLogit[token] = u
      const bin = Math.floor(((u + given.histogramRange) / (2 * given.histogramRange)) * histogramBins)
      result.histogram[Math.min(histogramBins + 1, Math.max(0, bin + 1))]++
      const place = token * landscapeBins + Math.floor((word * landscapeBins) / given.vocabulary)
      result.landscape[place] = Math.max(result.landscape[place], u)
    })
    scales.forEach((scale, s) => {
      for (const u of row) {
        const shifted = scale * (u - result.maximum[token])
        result.sumExp[s * tokens + token] += Math.exp(shifted)
        result.sumShiftedExp[s * tokens + token] += shifted * Math.exp(shifted)
        result.sumSquaredExp[s * tokens + token] += Math.exp(2 * shifted)
      }
    })
  }
  return result
}
