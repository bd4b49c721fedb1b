/** The running result of `logitLoss` in the kernels' memory. */
import { i32, usize } from '../layout.ts'
import type { LogitLossResult, OwnLogitLossState } from '../operations/logitLoss.ts'
import type { KernelMemory } from './memory.ts'
import { structure } from './structure.ts'

/** Value of a largest logit before any logit was seen. */
const nothing = -3e38

const pointers = {
  ...usize('sumExp', 'sumShiftedExp', 'sumSquaredExp', 'sum', 'sumOfSquares'),
  ...usize('maximum', 'targetLogit', 'ownLogit', 'landscape', 'histogram'),
} as const

const layout = structure('LogitState', {
  ...pointers,
  ...i32('tokens', 'scaleCount', 'histogramBins', 'landscapeBins'),
})

/** The state in one block: first the structure that the kernel reads, then the arrays of its pointers. */
export class WasmLogitLossState implements OwnLogitLossState {
  scales?: readonly number[]
  disposed = false
  readonly address: number
  /** Address of each part. */
  private readonly fields: Readonly<Record<keyof typeof pointers, number>>

  constructor(
    readonly memory: KernelMemory,
    readonly tokens: number,
    readonly scaleCount: number,
    readonly histogramBins: number,
    readonly landscapeBins: number,
  ) {
    const sums = 8 * scaleCount * tokens
    const sizes: Record<keyof typeof pointers, number> = {
      sumExp: sums,
      sumShiftedExp: sums,
      sumSquaredExp: sums,
      sum: 8 * tokens,
      sumOfSquares: 8 * tokens,
      maximum: 4 * tokens,
      targetLogit: 4 * tokens,
      ownLogit: 4 * tokens,
      landscape: 4 * tokens * landscapeBins,
      histogram: 4 * (histogramBins + 2),
    }
    const header = layout.size
    this.address = memory.allocate(
      Object.values(sizes).reduce((sum, size) => sum + size, header),
      'zero',
    )
    let next = this.address + header
    const fields = { ...sizes }
    for (const name of Object.keys(pointers) as (keyof typeof pointers)[]) {
      fields[name] = next
      next += sizes[name]
    }
    this.fields = fields
    memory.write(this.address, layout, {
      ...fields,
      tokens,
      scaleCount,
      histogramBins,
      landscapeBins,
    })
    memory.float32(fields.maximum, tokens).fill(nothing)
    memory.float32(fields.targetLogit, tokens).fill(Number.NaN)
    memory.float32(fields.ownLogit, tokens).fill(Number.NaN)
    memory.float32(fields.landscape, tokens * landscapeBins).fill(nothing)
  }

  read(): LogitLossResult {
    const { memory, fields, tokens, scaleCount } = this
    const sums = (address: number, length: number) => Float32Array.from(memory.float64(address, length))
    const floats = (address: number, length: number) => memory.float32(address, length).slice()
    return {
      sumExp: sums(fields.sumExp, scaleCount * tokens),
      sumShiftedExp: sums(fields.sumShiftedExp, scaleCount * tokens),
      sumSquaredExp: sums(fields.sumSquaredExp, scaleCount * tokens),
      sum: sums(fields.sum, tokens),
      sumOfSquares: sums(fields.sumOfSquares, tokens),
      maximum: floats(fields.maximum, tokens),
      targetLogit: floats(fields.targetLogit, tokens),
      ownLogit: floats(fields.ownLogit, tokens),
      landscape: floats(fields.landscape, tokens * this.landscapeBins),
      histogram: memory.uint32(fields.histogram, this.histogramBins + 2).slice(),
    }
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.memory.release(this.address)
  }
}
