import source from '../../../../shaders/modelProduct.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkModelProduct, type ModelProductArguments } from '../../operations/modelProduct.ts'
import type { Lanes } from '../adapter.ts'
import { type Candidate, nameOf, usualLanes } from '../candidate.ts'
import { type Context, operation, roundUp } from '../context.ts'
import type { GpuTensor } from '../memory.ts'
import type { Kernel } from '../pipelines.ts'
import { Shader } from '../shader.ts'
import { normals, timed } from '../trial.ts'
import type { VariantChoice, Variants } from '../variants.ts'

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

/** Of the variant `workgroup`, beside 64 × 64. */
export const productTiles: readonly Lanes[] = [
  [16, 8],
  [8, 16],
  [16, 16],
]

/** What one kernel computes; lanes are those of the variant `workgroup`. */
type Tile = 'first' | 'register' | Lanes

const tileOf = ({ variant, lanes = usualLanes }: Candidate): Tile =>
  variant === 'register' ? 'register' : lanes

/** Rows and columns of an output tile, and tiles that one workgroup computes. */
function sizeOf(tile: Tile) {
  if (tile === 'first') return { tileRows: 8, tileColumns: 16, perWorkgroup: 4 }
  if (tile === 'register') return { tileRows: 16, tileColumns: 32, perWorkgroup: 4 }
  return { tileRows: 8 * tile[0], tileColumns: 8 * tile[1], perWorkgroup: 1 }
}

/**
 * Multiply-adds that `first` serves for on SwiftShader, which takes half a second to compile `register`, and then as long
 * as it compiles. Both give the same bits, so a replayed run may change from one to the other elsewhere.
 */
const firstWork = 2 ** 27

/** Multiply-adds by `first` so far. */
const done = new WeakMap<Context, number>()

type Checked = ReturnType<typeof checkModelProduct<GpuTensor>>
type Outputs = Pick<Checked, 'models' | 'rows' | 'columns'>

export const modelProduct = operation(checkModelProduct, product, variantsOf)

/** For every operation that multiplies. */
export const multiply = (context: Context, parameters: ModelProductArguments): void =>
  product(context, checkModelProduct(context.given('modelProduct'), parameters))

function product(context: Context, checked: Checked): void {
  context.queue.enqueue(() => {
    // one model's work: it must get the same bits however many there are beside it
    const choice = variantsOf(context).for(checked.rows * checked.inner * checked.columns)
    const run = (chosen: VariantChoice) => encode(context, tileFor(context, chosen, checked), checked)
    return choice instanceof Promise ? choice.then(run) : run(choice)
  })
}

function variantsOf(context: Context): Variants {
  return context.variants('modelProduct', () => ({
    shader,
    largerTiles: productTiles,
    workgroupBytes: ([down, across]) => 512 * (down + across),
    compile: (candidate) => kernelOf(context, tileOf(candidate), true).compiled,
    trial: (candidate, work) => trial(context, candidate, work),
  }))
}

/** `wholeSteps`: the sums have a multiple of 4 terms. What is the WGSL's own is not given. */
function kernelOf(context: Context, tile: Tile, wholeSteps: boolean): Kernel<typeof fields> {
  if (typeof tile === 'string')
    return context.pipelines.get(shader, `${tile}Tile`, wholeSteps ? { wholeSteps: 1 } : undefined)
  const [rowLanes, columnLanes] = tile
  const constants = rowLanes * columnLanes === 64 ? undefined : { rowLanes, columnLanes }
  return context.pipelines.get(shader, 'workgroupTile', constants)
}

function tileFor(context: Context, choice: VariantChoice, checked: Checked): Tile {
  if (choice.variant === 'workgroup') return lanesFor(choice, checked)
  const { forced, owner } = context
  return forced || owner.variant !== 'register' ? 'register' : onSwiftShader(context, checked)
}

/** The tile for products while nobody forced or measured the variant `register`. */
function onSwiftShader(context: Context, { models, rows, inner, columns }: Checked): Tile {
  const work = done.get(context) ?? 0
  if (work < firstWork) {
    done.set(context, work + models * rows * inner * columns)
    return 'first'
  }
  return kernelOf(context, 'register', inner % 4 === 0).ready ? 'register' : 'first'
}

/** Tiles of the variant `workgroup` that cover all outputs. */
const tilesOf = ([down, across]: Lanes, { models, rows, columns }: Outputs) =>
  models * Math.ceil(rows / (8 * down)) * Math.ceil(columns / (8 * across))

/**
 * A larger tile that won its trial serves where it is not too large: where there are as many tiles as in the trial, so
 * that no part of the GPU waits for work, and where what they compute beyond the edges does not cost what they gain.
 */
function lanesFor(choice: VariantChoice, outputs: Outputs): Lanes {
  const { lanes, rates, work } = choice
  if (!lanes || !rates || !work) return lanes ?? usualLanes
  const edge = edgeOf(work)
  if (tilesOf(lanes, outputs) < tilesOf(lanes, { models: 1, rows: edge, columns: edge })) return usualLanes
  const cost = (some: Lanes, rate: number) => (tilesOf(some, outputs) * some[0] * some[1]) / rate
  return cost(lanes, rates[nameOf(choice)]) < cost(usualLanes, rates.workgroup) ? lanes : usualLanes
}

/** Records the products, cut into dispatches that are each short enough for one submission. */
function encode(context: Context, tile: Tile, checked: Checked): void | Promise<void> {
  const { models, rows, inner, columns, output, left, right, bias, gate, relu, accumulate } = checked
  const { tileRows, tileColumns, perWorkgroup } = sizeOf(tile)
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

/** Rows and columns of a square product of about so many multiply-adds. */
const edgeOf = (work: number) => roundUp(Math.cbrt(work), 4)

/** A square product of normals, timed. */
async function trial(context: Context, candidate: Candidate, work: number): Promise<number> {
  const edge = edgeOf(work)
  const tensors = await Promise.all([0, 1, 2].map((stream) => normals(context, edge * edge, stream)))
  const [output, left, right] = tensors.map((tensor) => ({ tensor, rows: edge, columns: edge }))
  const checked = checkModelProduct(context.given('modelProduct'), { models: 1, output, left, right })
  const milliseconds = await timed(context, () => encode(context, tileOf(candidate), checked))
  for (const { buffer } of tensors) buffer.destroy()
  return milliseconds
}
