/** From the running sums of `logitLoss` to losses, entropies and probabilities, and their means over batches. */
import type { LogitLossResult } from '../../compute/backend.ts'

/** One token and one scale. Losses and entropies in nats. */
export interface TokenStatistics {
  readonly logSumExp: number
  readonly loss: number
  readonly entropy: number
  readonly maxProbability: number
  readonly sumSquaredProbability: number
}

/**
 * Statistics of token `token` under `scale` = `scales[scaleIndex]`. `seenShare` < 1 for a partial pass: all is
 * then extended to the whole vocabulary as if the rest were like what was seen, and a target not yet met
 * counts as a logit of 0, its mean.
 */
export function tokenStatistics(
  result: LogitLossResult,
  scaleIndex: number,
  scale: number,
  token: number,
  seenShare = 1,
): TokenStatistics {
  const at = scaleIndex * result.maximum.length + token
  const sumExp = result.sumExp[at]
  const meanShifted = result.sumShiftedExp[at] / sumExp
  const logSumExp = scale * result.maximum[token] + Math.log(sumExp) - Math.log(seenShare)
  const target = result.targetLogit[token]
  return {
    logSumExp,
    loss: logSumExp - scale * (Number.isNaN(target) && seenShare < 1 ? 0 : target),
    entropy: Math.log(sumExp) - meanShifted - Math.log(seenShare),
    maxProbability: seenShare / sumExp,
    sumSquaredProbability: (seenShare * result.sumSquaredExp[at]) / sumExp ** 2,
  }
}

/** Mean, and standard error of the mean, of values that arrive one by one (Welford 1962). */
class RunningMean {
  count = 0
  mean = Number.NaN
  private squares = 0

  add(value: number): void {
    this.count++
    if (this.count === 1) {
      this.mean = value
      return
    }
    const difference = value - this.mean
    this.mean += difference / this.count
    this.squares += difference * (value - this.mean)
  }

  /** NaN for fewer than two values. */
  get standardError(): number {
    return this.count < 2 ? Number.NaN : Math.sqrt(this.squares / (this.count - 1) / this.count)
  }
}

/** Means over all tokens of all batches so far, for every scale. */
export class Measurement {
  readonly loss: RunningMean[]
  readonly entropy: RunningMean[]
  readonly maxProbability: RunningMean[]
  readonly sumSquaredProbability: RunningMean[]
  /** Raw own logit (before scaling). */
  readonly ownLogit = new RunningMean()
  /** Counts of raw logits: below, the bins, above. */
  readonly histogram: Float64Array
  private logits = 0
  private sum = 0
  private sumOfSquares = 0

  constructor(
    scaleCount: number,
    histogramBins: number,
    private readonly tied: boolean,
  ) {
    const means = () => Array.from({ length: scaleCount }, () => new RunningMean())
    this.loss = means()
    this.entropy = means()
    this.maxProbability = means()
    this.sumSquaredProbability = means()
    this.histogram = new Float64Array(histogramBins + 2)
  }

  /** Standard deviation of the raw logits; in tied mode of all but the input words' own, which are counted apart. */
  get logitStd(): number {
    const mean = this.sum / this.logits
    return Math.sqrt(Math.max(0, this.sumOfSquares / this.logits - mean * mean))
  }

  get logitMean(): number {
    return this.sum / this.logits
  }

  get tokens(): number {
    return this.loss[0].count
  }

  /** Adds a batch, or part of a pass over the vocabulary: `wordsSeen` of `vocabulary` words. */
  add(result: LogitLossResult, scales: readonly number[], wordsSeen: number, vocabulary: number): void {
    const tokens = result.maximum.length
    for (let token = 0; token < tokens; token++) {
      for (const [index, scale] of scales.entries()) {
        const statistics = tokenStatistics(result, index, scale, token, wordsSeen / vocabulary)
        this.loss[index].add(statistics.loss)
        this.entropy[index].add(statistics.entropy)
        this.maxProbability[index].add(statistics.maxProbability)
        this.sumSquaredProbability[index].add(statistics.sumSquaredProbability)
      }
      this.sum += result.sum[token]
      this.sumOfSquares += result.sumOfSquares[token]
      const own = result.ownLogit[token]
      if (!this.tied || Number.isNaN(own)) continue
      this.ownLogit.add(own)
      this.sum -= own
      this.sumOfSquares -= own * own
      this.logits--
    }
    this.logits += tokens * wordsSeen
    for (const [bin, count] of result.histogram.entries()) this.histogram[bin] += count
  }
}

/**
 * The largest probability of each vocabulary bin, [rows, bins], for the first `rows` tokens: a bin whose words
 * have not passed yet is 0.
 */
export function landscapeProbabilities(
  result: LogitLossResult,
  scaleIndex: number,
  scale: number,
  rows: number,
  seenShare: number,
): Float32Array {
  const bins = result.landscape.length / result.maximum.length
  const heights = new Float32Array(rows * bins)
  for (let row = 0; row < rows; row++) {
    const { logSumExp } = tokenStatistics(result, scaleIndex, scale, row, seenShare)
    for (let bin = 0; bin < bins; bin++) {
      const largest = result.landscape[row * bins + bin]
      heights[row * bins + bin] = largest < -1e38 ? 0 : Math.exp(scale * largest - logSumExp)
    }
  }
  return heights
}
