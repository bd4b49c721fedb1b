import type { ModelProductArguments } from '../network.ts'
import { type CheckedModelProduct, checkModelProduct } from '../trainingArguments.ts'
import { Arguments, readPlace, writtenPlace } from './arguments.ts'
import type { Context } from './context.ts'
import type { GpuTensor } from './memory.ts'
import { unsigned } from './queue.ts'
import type { Variant, Variants } from './variants.ts'

/** Rows and columns of an output tile, and tiles that one workgroup computes. */
const tiles = {
  register: { tileRows: 16, tileColumns: 32, perWorkgroup: 4 },
  workgroup: { tileRows: 64, tileColumns: 64, perWorkgroup: 1 },
} as const

/** output = op(left) · op(right) + bias, then ReLU and gate, for every model. */
export class ModelProduct {
  /** `variants` are those of the plain product, which are made alike. */
  constructor(
    private readonly context: Context,
    private readonly variants: Variants,
  ) {}

  run(parameters: ModelProductArguments): void {
    const checked = checkModelProduct(new Arguments('modelProduct', this.context.memory), parameters)
    this.context.queue.enqueue(() => {
      // one model's work: it must get the same bits however many there are beside it
      const variant = this.variants.for(checked.rows * checked.inner * checked.columns)
      return typeof variant === 'string'
        ? this.encode(variant, checked)
        : variant.then((measured) => this.encode(measured, checked))
    })
  }

  /** Records the products, cut into dispatches that are each short enough for one submission. */
  private encode(variant: Variant, checked: CheckedModelProduct<GpuTensor>): void | Promise<void> {
    const { models, rows, inner, columns, output, left, right, bias, gate } = checked
    const { tileRows, tileColumns, perWorkgroup } = tiles[variant]
    const leftSteps = checked.transposeLeft ? [1, left.columns] : [left.columns, 1]
    const rightSteps = checked.transposeRight ? [1, right.columns] : [right.columns, 1]
    // what is absent is not read, but something has to be bound in its place
    const addition = bias ? [1, ...readPlace(bias)] : [0, 0, 0, 1]
    const mask = gate ? [1, ...readPlace(gate)] : [0, 0, 0, 1]
    const constants = variant === 'register' && inner % 4 === 0 ? { wholeSteps: 1 } : undefined
    return this.context.queue.encodeTiled({
      kernel: this.context.pipelines.get('modelProduct', `${variant}Tile`, constants),
      tiles: models * Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns),
      perWorkgroup,
      tileWork: tileRows * tileColumns * inner,
      parameters: (first, end) =>
        [
          ...[rows, inner, columns, first, end, ...writtenPlace(output)],
          ...[...readPlace(left), ...leftSteps, ...readPlace(right), ...rightSteps],
          ...[...addition, Number(checked.relu), ...mask, Number(checked.accumulate)],
        ].map(unsigned),
      buffers: [output, left, right, bias ?? right, gate ?? right].map(({ tensor }) => tensor.buffer),
    })
  }
}
