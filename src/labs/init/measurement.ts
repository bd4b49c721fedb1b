/** Means over batches of the results of `logitLoss` for each token. */
import type { LogitLossResult } from '../../compute/backend.ts'
import { tokenStatistics } from '../common/tokenStatistics.ts'

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

const names = ['loss', 'entropy', 'maxProbability', 'sumSquaredProbability'] as const
type Means = Readonly<Record<(typeof names)[number], RunningMean>>

const newMeans = () => Object.fromEntries(names.map((name) => [name, new RunningMean()])) as Means

/** Means over all tokens of all batches so far. */
export class Measurement {
  /** For each of two scales. */
  readonly means: readonly [Means, Means] = [newMeans(), newMeans()]
  /** Raw own logit (before scaling). */
  readonly ownLogit = new RunningMean()
  /** Counts of raw logits: below, the bins, above. */
  readonly histogram: Float64Array
  private logits = 0
  private sum = 0
  private sumOfSquares = 0

  constructor(
    histogramBins: number,
    private readonly tied: boolean,
  ) {
    this.histogram = new Float64Array(histogramBins + 2)
  }

  /** Standard deviation of the raw logits; in tied mode without the input words' own, which are counted apart. */
  get logitStd(): number {
    const mean = this.sum / this.logits
    return Math.sqrt(Math.max(0, this.sumOfSquares / this.logits - mean * mean))
  }

  get logitMean(): number {
    return this.sum / this.logits
  }

  get tokens(): number {
    return this.means[0].loss.count
  }

  /** Adds a batch, or part of a pass over the vocabulary: `wordsSeen` of `vocabulary` words. */
  add(result: LogitLossResult, scales: readonly number[], wordsSeen: number, vocabulary: number): void {
    const tokens = result.maximum.length
    for (let token = 0; token < tokens; token++) {
      for (const [index, scale] of scales.entries()) {
        const statistics = tokenStatistics(result, index, scale, token, wordsSeen / vocabulary)
        for (const name of names) this.means[index][name].add(statistics[name])
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
