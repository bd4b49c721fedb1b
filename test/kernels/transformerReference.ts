/** The operations of a language model in float64, written to be read; one model. */

/** Row r = scale · table[indices[r]] + positions[r mod context]; an index beyond the words means the last. */
export function gatherRowsReference(
  table: ArrayLike<number>,
  width: number,
  indices: ArrayLike<number>,
  scale: number,
  positions: ArrayLike<number> = new Float64Array(width),
): Float64Array {
  const last = table.length / width - 1
  return Float64Array.from({ length: indices.length * width }, (_, place) => {
    const [row, column] = [Math.floor(place / width), place % width]
    return scale * table[Math.min(indices[row], last) * width + column] + positions[place % positions.length]
  })
}

/** before[indices[r]] += scale · input[r] for every row r. */
export function scatterAddRowsReference(
  before: ArrayLike<number>,
  width: number,
  input: ArrayLike<number>,
  indices: ArrayLike<number>,
  scale: number,
): Float64Array {
  const output = Float64Array.from(before)
  const last = before.length / width - 1
  for (let place = 0; place < input.length; place++) {
    const word = Math.min(indices[Math.floor(place / width)], last)
    output[word * width + (place % width)] += scale * input[place]
  }
  return output
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length

/** (g − mean g − y · mean(g · y)) / σ, row by row. */
export function layerNormGradientReference(
  input: ArrayLike<number>,
  gradient: ArrayLike<number>,
  columns: number,
): Float64Array {
  const output = new Float64Array(input.length)
  for (let start = 0; start < input.length; start += columns) {
    const row = (values: ArrayLike<number>) =>
      Float64Array.from({ length: columns }, (_, column) => values[start + column])
    const [x, g] = [row(input), row(gradient)]
    const centre = mean(x)
    const deviation = Math.sqrt(mean(x.map((value) => (value - centre) ** 2)) + 1e-5)
    const y = x.map((value) => (value - centre) / deviation)
    const projection = mean(g.map((slope, i) => slope * y[i]))
    const shift = mean(g)
    for (let i = 0; i < columns; i++) output[start + i] = (g[i] - shift - y[i] * projection) / deviation
  }
  return output
}

/** x · ½ (1 + tanh u) with u = √(2/π) (x + 0.044715 x³). */
export function geluReference(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
}

/** Its slope: ½ (1 + tanh u) + ½ x u′ / cosh² u, whose second term vanishes where |x| is large. */
export function geluSlopeReference(x: number): number {
  const u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)
  const bend =
    Math.abs(x) > 20 ? 0 : (x * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2)) / Math.cosh(u) ** 2
  return 0.5 * (1 + Math.tanh(u) + bend)
}

export interface AttentionSize {
  readonly sequences: number
  readonly context: number
  readonly heads: number
  /** Of a head. */
  readonly width: number
}

/** Calls `each` for every head of every sequence, with where its entries lie. */
function everyHead(
  { sequences, context, heads, width }: AttentionSize,
  each: (place: {
    /** Of query, key or value (0, 1, 2), of a word and a column, in [rows, 3 d]. */
    readonly projected: (part: 0 | 1 | 2, word: number, column: number) => number
    /** In [rows, d]. */
    readonly output: (word: number, column: number) => number
    /** In [sequences · heads · context, context]. */
    readonly probability: (word: number, other: number) => number
  }) => void,
): void {
  const d = heads * width
  for (let sequence = 0; sequence < sequences; sequence++)
    for (let head = 0; head < heads; head++)
      each({
        projected: (part, word, column) =>
          ((sequence * context + word) * 3 + part) * d + head * width + column,
        output: (word, column) => (sequence * context + word) * d + head * width + column,
        probability: (word, other) => ((sequence * heads + head) * context + word) * context + other,
      })
}

const sumTo = (count: number, term: (i: number) => number) => {
  let sum = 0
  for (let i = 0; i < count; i++) sum += term(i)
  return sum
}

export function attentionReference(size: AttentionSize, projected: ArrayLike<number>) {
  const { sequences, context, heads, width } = size
  const probabilities = new Float64Array(sequences * heads * context * context)
  const output = new Float64Array(sequences * context * heads * width)
  everyHead(size, (place) => {
    for (let word = 0; word < context; word++) {
      const scores = Float64Array.from(
        { length: word + 1 },
        (_, other) =>
          sumTo(
            width,
            (k) => projected[place.projected(0, word, k)] * projected[place.projected(1, other, k)],
          ) / Math.sqrt(width),
      )
      const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
      const weights = scores.map((score) => Math.exp(score - largest))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      for (let other = 0; other <= word; other++)
        probabilities[place.probability(word, other)] = weights[other] / total
      for (let k = 0; k < width; k++)
        output[place.output(word, k)] = sumTo(
          word + 1,
          (other) => probabilities[place.probability(word, other)] * projected[place.projected(2, other, k)],
        )
    }
  })
  return { probabilities, output }
}

/** The slopes of Σ output · outputGradient with respect to `projected`. */
export function attentionGradientReference(
  size: AttentionSize,
  projected: ArrayLike<number>,
  outputGradient: ArrayLike<number>,
): Float64Array {
  const { context, width } = size
  const { probabilities } = attentionReference(size, projected)
  const gradient = new Float64Array(projected.length)
  everyHead(size, (place) => {
    for (let word = 0; word < context; word++) {
      const slopes = Float64Array.from({ length: word + 1 }, (_, other) =>
        sumTo(width, (k) => outputGradient[place.output(word, k)] * projected[place.projected(2, other, k)]),
      )
      const probability = (other: number) => probabilities[place.probability(word, other)]
      const average = sumTo(word + 1, (other) => probability(other) * slopes[other])
      for (let other = 0; other <= word; other++) {
        const score = (probability(other) * (slopes[other] - average)) / Math.sqrt(width)
        for (let k = 0; k < width; k++) {
          const [query, key, value] = ([0, 1, 2] as const).map((part) =>
            place.projected(part, part === 0 ? word : other, k),
          )
          gradient[query] += score * projected[key]
          gradient[key] += score * projected[query]
          gradient[value] += probability(other) * outputGradient[place.output(word, k)]
        }
      }
    }
  })
  return gradient
}

/** The plain loss over a vocabulary: all logits, their softmax, and the gradients of the mean loss. */
export function vocabularyReference(
  hidden: ArrayLike<number>,
  table: ArrayLike<number>,
  labels: ArrayLike<number>,
  width: number,
) {
  const [rows, words] = [labels.length, table.length / width]
  const logSumExps = new Float64Array(rows)
  const losses = new Float64Array(rows)
  /** [rows, words]: the slope of the mean loss with respect to each logit. */
  const slopes = new Float64Array(rows * words)
  const hiddenGradient = new Float64Array(hidden.length)
  const tableGradient = new Float64Array(table.length)
  for (let row = 0; row < rows; row++) {
    const logits = Float64Array.from({ length: words }, (_, word) =>
      sumTo(width, (k) => hidden[row * width + k] * table[word * width + k]),
    )
    const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity)
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)
    const label = Math.min(labels[row], words - 1)
    logSumExps[row] = largest + Math.log(total)
    losses[row] = Math.log(total) + (largest - logits[label])
    for (let word = 0; word < words; word++) {
      const probability = Math.exp(logits[word] - largest) / total
      const slope = (probability - (word === label ? 1 : 0)) / rows
      slopes[row * words + word] = slope
      for (let k = 0; k < width; k++) {
        hiddenGradient[row * width + k] += slope * table[word * width + k]
        tableGradient[word * width + k] += slope * hidden[row * width + k]
      }
    }
  }
  return { logSumExps, losses, slopes, hiddenGradient, tableGradient }
}

/** In float64 no square of a float32 overflows or vanishes. */
export const normReference = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0))

/** Sizes of values whose squares overflow float32, or vanish in it. */
export const sizesOfNorms = [1, 1e-25, 1e25]
/** Relative, of sums of squares in float32, in parts of at most some hundred. */
export const normTolerance = 1e-5

/** Inputs of a GELU: close to 0, through the bend, and so far that a cube or an exponential would overflow. */
export const geluInputs = Float32Array.from([
  ...[0, -0, 1e-30, -1e-30, 1e-4, -1e-4, 0.5, -0.5, 1, -1, 2, -2, 3.5, -3.5],
  ...[5, -5, 6.5, -6.5, 8, -8, 9.9, -9.9, 10.1, -10.1, 12, -12, 15, -15, 25, -25, 100, -100],
  ...[1e4, -1e4, 1e15, -1e15, 1e30, -1e30, 3.4e38, -3.4e38],
])

/** An exponential in WGSL is off by up to (3 + 2 |x|) 2^-23; in a GELU it is of numbers whose effect is below 1. */
export const geluTolerance = (expected: number) => 2e-6 + 2 ** -21 * Math.abs(expected)
