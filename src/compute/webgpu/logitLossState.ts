/** The state of `logitLoss` on the GPU, and the computation of its result on the CPU. */
import type { LogitLossResult, LogitLossState, OwnLogitLossState } from '../operations/logitLoss.ts'
import type { Memory } from './memory.ts'

/** Independent sums that the state keeps for each token; see logitLossMerge.wgsl. */
export const stateSlots = 16
/** Copies of the histogram; see logitLoss.wgsl. */
const histogramCopies = 16
/** Floats of one token's statistics: (maximum, Σu, Σu², –), then for each scale its three sums and a gap. */
export const statisticsFields = 12

export class GpuLogitLossState implements OwnLogitLossState {
  /** [slots, tokens, fields] */
  readonly statistics: GPUBuffer
  /** [2, tokens] */
  readonly found: GPUBuffer
  /** [copies, bins + 2] */
  readonly histogram: GPUBuffer
  /** [tokens, landscapeBins] */
  readonly landscape: GPUBuffer
  /** Number of slots used so far: the next slice begins at the next slot. */
  slot = 0
  scales?: readonly number[]
  disposed = false

  constructor(
    readonly memory: Memory,
    readonly tokens: number,
    readonly scaleCount: number,
    readonly histogramBins: number,
    readonly landscapeBins: number,
  ) {
    const statistics = new Float32Array(stateSlots * tokens * statisticsFields)
    for (let i = 0; i < statistics.length; i += statisticsFields) statistics[i] = -3e38
    const found = new Float32Array(2 * tokens).fill(Number.NaN)
    this.statistics = memory.buffer('logit statistics', statistics.byteLength, statistics)
    this.found = memory.buffer('target and own logits', found.byteLength, found)
    this.histogram = memory.buffer('logit histogram', 4 * histogramCopies * (histogramBins + 2))
    this.landscape = memory.buffer('logit landscape', 4 * tokens * landscapeBins)
  }

  async read(): Promise<LogitLossResult> {
    const { memory, tokens, histogramBins, landscapeBins } = this
    // requested together, so that no other operation can come between them
    const [statistics, found, histogram, landscape] = await Promise.all([
      memory.download(this.statistics, 4 * stateSlots * tokens * statisticsFields),
      memory.download(this.found, 8 * tokens),
      memory.download(this.histogram, 4 * histogramCopies * (histogramBins + 2)),
      memory.download(this.landscape, 4 * tokens * landscapeBins),
    ])
    return merged(this, this.scales ?? [], {
      statistics: new Float32Array(statistics),
      found: new Float32Array(found),
      histogram: new Uint32Array(histogram),
      landscape: new Uint32Array(landscape),
    })
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    for (const buffer of [this.statistics, this.found, this.histogram, this.landscape])
      this.memory.queue.retire(buffer)
  }
}

interface StoredLogitLoss {
  /** [slots, tokens, fields] */
  readonly statistics: Float32Array
  /** [2, tokens] */
  readonly found: Float32Array
  /** [copies, bins + 2] */
  readonly histogram: Uint32Array
  /** [tokens, landscapeBins] unsigned integers in the order of the floats; 0 where nothing was seen */
  readonly landscape: Uint32Array
}

/** The inverse of `ordered` in logitLoss.wgsl. */
function unordered(encoded: Uint32Array): Float32Array {
  const bits = encoded.map((value) => (value >= 0x80000000 ? value - 0x80000000 : ~value))
  const values = new Float32Array(bits.buffer)
  for (let i = 0; i < encoded.length; i++) if (encoded[i] === 0) values[i] = -3e38
  return values
}

/** Adds slots and copies up, in double precision. `scales` is empty when no slice was seen. */
function merged(
  { tokens, scaleCount, histogramBins }: LogitLossState,
  scales: readonly number[],
  { statistics, found, histogram, landscape }: StoredLogitLoss,
): LogitLossResult {
  const result: LogitLossResult = {
    maximum: new Float32Array(tokens).fill(-3e38),
    sumExp: new Float32Array(scaleCount * tokens),
    sumShiftedExp: new Float32Array(scaleCount * tokens),
    sumSquaredExp: new Float32Array(scaleCount * tokens),
    targetLogit: found.slice(0, tokens),
    ownLogit: found.slice(tokens),
    sum: new Float32Array(tokens),
    sumOfSquares: new Float32Array(tokens),
    histogram: new Uint32Array(histogramBins + 2),
    landscape: unordered(landscape),
  }
  histogram.forEach((count, i) => {
    result.histogram[i % (histogramBins + 2)] += count
  })
  const start = (slot: number, token: number) => (slot * tokens + token) * statisticsFields
  for (let token = 0; token < tokens; token++) {
    let [maximum, sum, sumOfSquares] = [-3e38, 0, 0]
    for (let slot = 0; slot < stateSlots; slot++) {
      const at = start(slot, token)
      maximum = Math.max(maximum, statistics[at])
      sum += statistics[at + 1]
      sumOfSquares += statistics[at + 2]
    }
    result.maximum[token] = maximum
    result.sum[token] = sum
    result.sumOfSquares[token] = sumOfSquares
    scales.forEach((scale, s) => {
      let [sumExp, sumShiftedExp, sumSquaredExp] = [0, 0, 0]
      for (let slot = 0; slot < stateSlots; slot++) {
        const at = start(slot, token)
        const [e, shifted, squared] = statistics.subarray(at + 4 * (s + 1))
        // the slot's sums are relative to its own maximum
        const rise = scale * (maximum - statistics[at])
        const factor = Math.exp(-rise)
        sumExp += e * factor
        sumShiftedExp += (shifted - rise * e) * factor
        sumSquaredExp += squared * factor * factor
      }
      result.sumExp[s * tokens + token] = sumExp
      result.sumShiftedExp[s * tokens + token] = sumShiftedExp
      result.sumSquaredExp[s * tokens + token] = sumSquaredExp
    })
  }
  return result
}
