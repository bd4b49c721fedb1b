import source from '../../../../shaders/modelProduct.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkModelProduct, type ModelProductArguments } from '../../operations/modelProduct.ts'
import type { Lanes, Variant } from '../adapter.ts'
import { type Context, operation, roundUp } from '../context.ts'
import type { GpuTensor } from '../memory.ts'
import type { Kernel } from '../pipelines.ts'
import { Shader } from '../shader.ts'
import { normals, timed } from '../trial.ts'
import type { Variants } from '../variants.ts'

const fields = {
  ...u32('rows', 'inner', 'columns', 'firstTile', 'endTile'),
  ...written('output'),
  ...read('left'),
  ...u32('leftRowStep', 'leftInnerStep'),
  ...read('right'),
  ...u32('rightInnerStep', 'rightColumnStep', 'biased'),
  ...read('bias'),
  ...u32('relu', 'gated'),
  ...read('gate'),
  ...u32('accumulate'),
} as const

const shader = new Shader('modelProduct', source, fields)

type Tile = 'first' | Variant

/** Rows and columns of an output tile, and tiles that one workgroup computes. */
function sizeOf(tile: Tile, { productLanes: [down, across] }: Context) {
  if (tile === 'first') return { tileRows: 8, tileColumns: 16, perWorkgroup: 4 }
  if (tile === 'register') return { tileRows: 16, tileColumns: 32, perWorkgroup: 4 }
  return { tileRows: 8 * down, tileColumns: 8 * across, perWorkgroup: 1 }
}

/**
 * Multiply-adds that `first` serves for on SwiftShader, which takes half a second to compile `register`, and then as long
 * as it compiles. Both give the same bits, so a replayed run may change from one to the other elsewhere.
 */
const firstWork = 2 ** 27

/** Multiply-adds by `first` so far. */
const done = new WeakMap<Context, number>()

type Checked = ReturnType<typeof checkModelProduct<GpuTensor>>

export const modelProduct = operation(checkModelProduct, product, variantsOf)

/** For every operation that multiplies. */
export const multiply = (context: Context, parameters: ModelProductArguments): void =>
  product(context, checkModelProduct(context.given('modelProduct'), parameters))

function product(context: Context, checked: Checked): void {
  context.queue.enqueue(() => {
    // one model's work: it must get the same bits however many there are beside it
    const variant = variantsOf(context).for(checked.rows * checked.inner * checked.columns)
    return typeof variant === 'string'
      ? encode(context, tileFor(context, variant, checked), checked)
      : variant.then((measured) => encode(context, measured, checked))
  })
}

function variantsOf(context: Context): Variants {
  return context.variants('modelProduct', () => ({
    compile: (variant) => kernelOf(context, variant, true),
    trial: (variant, work) => trial(context, variant, work),
  }))
}

/** Those that differ from the WGSL's own. */
function constantsOf(
  tile: Tile,
  [rowLanes, columnLanes]: Lanes,
  wholeSteps: boolean,
): Record<string, number> | undefined {
  if (tile !== 'workgroup') return wholeSteps ? { wholeSteps: 1 } : undefined
  return rowLanes * columnLanes > 64 ? { rowLanes, columnLanes } : undefined
}

/** `wholeSteps`: the sums have a multiple of 4 terms. */
function kernelOf(context: Context, tile: Tile, wholeSteps: boolean): Kernel<typeof fields> {
  return context.pipelines.get(shader, `${tile}Tile`, constantsOf(tile, context.productLanes, wholeSteps))
}

/** The tile for products of a variant that nobody forced or measured. */
function tileFor(context: Context, variant: Variant, { models, rows, inner, columns }: Checked): Tile {
  const { forced, owner } = context
  if (variant !== 'register' || forced || owner.variant !== 'register') return variant
  const work = done.get(context) ?? 0
  if (work < firstWork) {
    done.set(context, work + models * rows * inner * columns)
    return 'first'
  }
  return kernelOf(context, 'register', inner % 4 === 0).ready ? 'register' : 'first'
}

/** Records the products, cut into dispatches that are each short enough for one submission. */
function encode(context: Context, tile: Tile, checked: Checked): void | Promise<void> {
  const { models, rows, inner, columns, output, left, right, bias, gate, relu, accumulate } = checked
  const { tileRows, tileColumns, perWorkgroup } = sizeOf(tile, context)
  const [leftRowStep, leftInnerStep] = checked.transposeLeft ? [1, left.columns] : [left.columns, 1]
  const [rightInnerStep, rightColumnStep] = checked.transposeRight ? [1, right.columns] : [right.columns, 1]
  return context.queue.encodeTiled({
    kernel: kernelOf(context, tile, inner % 4 === 0),
    tiles: models * Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns),
    perWorkgroup,
    tileWork: tileRows * tileColumns * inner,
    fields: (firstTile, endTile) => ({
      rows,
      inner,
      columns,
      relu,
      accumulate,
      biased: bias !== undefined,
      gated: gate !== undefined,
      leftRowStep,
      leftInnerStep,
      rightInnerStep,
      rightColumnStep,
      output,
      left,
      right,
      // what is absent is not read, but something has to be bound in its place
      bias: bias ?? right,
      gate: gate ?? right,
      firstTile,
      endTile,
    }),
    buffers: [output, left, right, bias ?? right, gate ?? right].map(({ tensor }) => tensor.buffer),
  })
}

/** A square product of normals, timed. */
async function trial(context: Context, variant: Variant, work: number): Promise<number> {
  const edge = roundUp(Math.cbrt(work), 4)
  const tensors = await Promise.all([0, 1, 2].map((stream) => normals(context, edge * edge, stream)))
  const [output, left, right] = tensors.map((tensor) => ({ tensor, rows: edge, columns: edge }))
  const checked = checkModelProduct(context.given('modelProduct'), { models: 1, output, left, right })
  const milliseconds = await timed(context, () => encode(context, variant, checked))
  for (const { buffer } of tensors) buffer.destroy()
  return milliseconds
}
