/** From the running sums of `logitLoss` to each token's loss, entropy and probabilities. */
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
 * Statistics of token `token` under `scale` = `scales[scaleIndex]`. `seenShare` < 1 for a partial pass: the
 * statistics are then extended to the whole vocabulary, as if the other words were like the seen ones. A target that
 * is not seen yet counts as a logit of 0, its mean.
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
