/** The running result of `logitLoss` in the kernels' memory. */
import type { LogitLossResult, LogitLossState } from '../backend.ts'
import type { KernelMemory } from './memory.ts'

/** Nothing seen yet, where a largest logit is kept. */
const nothing = -3e38

/**
 * One block: first the struct that the kernel reads (kernels/logitLoss.ts, LogitState: ten pointers and four
 * sizes), then the fields that it points to.
 */
export class WasmLogitLossState implements LogitLossState {
  disposed = false
  readonly address: number
  private readonly fields: readonly number[]

  constructor(
    readonly memory: KernelMemory,
    readonly tokens: number,
    readonly scaleCount: number,
    readonly histogramBins: number,
    readonly landscapeBins: number,
  ) {
    const scaled = scaleCount * tokens * 8
    const sizes = [
      ...[scaled, scaled, scaled, tokens * 8, tokens * 8],
      ...[tokens * 4, tokens * 4, tokens * 4, tokens * landscapeBins * 4, (histogramBins + 2) * 4],
    ]
    const header = 64
    this.address = memory.allocate(header + sizes.reduce((sum, size) => sum + size, 0), 'zero')
    let next = this.address + header
    this.fields = sizes.map((size) => {
      const start = next
      next += size
      return start
    })
    memory
      .uint32(this.address, sizes.length + 4)
      .set([...this.fields, tokens, scaleCount, histogramBins, landscapeBins])
    const [, , , , , maximum, targetLogit, ownLogit, landscape] = this.fields
    memory.float32(maximum, tokens).fill(nothing)
    memory.float32(targetLogit, tokens).fill(Number.NaN)
    memory.float32(ownLogit, tokens).fill(Number.NaN)
    memory.float32(landscape, tokens * landscapeBins).fill(nothing)
  }

  read(): LogitLossResult {
    const { memory, tokens, scaleCount } = this
    const sums = (field: number, length: number) =>
      Float32Array.from(memory.float64(this.fields[field], length))
    const floats = (field: number, length: number) => memory.float32(this.fields[field], length).slice()
    return {
      sumExp: sums(0, scaleCount * tokens),
      sumShiftedExp: sums(1, scaleCount * tokens),
      sumSquaredExp: sums(2, scaleCount * tokens),
      sum: sums(3, tokens),
      sumOfSquares: sums(4, tokens),
      maximum: floats(5, tokens),
      targetLogit: floats(6, tokens),
      ownLogit: floats(7, tokens),
      landscape: floats(8, tokens * this.landscapeBins),
      histogram: memory.uint32(this.fields[9], this.histogramBins + 2).slice(),
    }
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.address)
  }
}
