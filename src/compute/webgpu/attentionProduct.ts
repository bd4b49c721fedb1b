/** The products of attention and of its gradient, for all heads of all sequences at once. */

import source from '../../../shaders/attentionProduct.wgsl?raw'
import { f32, read, u32, written } from '../layout.ts'
import type { CheckedMatrices } from '../matrices.ts'
import type { checkAttentionShape } from '../operations/causalAttention.ts'
import type { Context } from './context.ts'
import type { GpuTensor } from './memory.ts'
import { Shader } from './shader.ts'

const shader = new Shader('attentionProduct', source, {
  ...u32('sequences', 'heads', 'rows', 'inner', 'columns', 'reach'),
  ...f32('scale'),
  ...u32('firstTile', 'endTile'),
  ...written('output'),
  ...u32('outputSequence', 'outputHead', 'outputRow'),
  ...read('left'),
  ...u32('leftSequence', 'leftHead', 'leftRow', 'leftInner'),
  ...read('right'),
  ...u32('rightSequence', 'rightHead', 'rightInner', 'rightColumn'),
})

type Shape = ReturnType<typeof checkAttentionShape<GpuTensor>>

/** Place of one head's part in [sequences · context, columns] or in the probabilities. */
interface Part {
  readonly matrices: CheckedMatrices<GpuTensor>
  /** Elements before the first head's part. */
  readonly start: number
  /** Elements from one sequence's, head's, word's or column's to the next one's. */
  readonly sequence: number
  readonly head: number
  readonly word: number
  readonly column: number
}

export const transposed = (part: Part): Part => ({ ...part, word: part.column, column: part.word })

const placeOf = ({ start: offset, matrices: { stride, period } }: Part) => ({ offset, stride, period })

/** The shader's numbers for its `reach`: rows do not depend on later words. */
const reaches = { entries: 0, sumsUpTo: 1, sumsFrom: 2 } as const

interface HeadProduct {
  readonly output: Part
  readonly left: Part
  readonly right: Part
  readonly inner: number
  readonly columns: number
  readonly reach: keyof typeof reaches
  readonly scale: number
}

/** Edge of an output tile, and number of tiles of a workgroup. */
const tile = 4
const perWorkgroup = 64
/** Cost of a multiply-add of this kernel, in multiply-adds of the large products. */
const productWork = 4

/** output [context, columns] = scale · left [context, inner] · right [inner, columns] of every head. */
export function attentionProduct(
  { pipelines, queue }: Context,
  { models, sequences, heads, context: rows }: Shape,
  { output, left, right, inner, columns, scale, reach }: HeadProduct,
): void {
  queue.enqueue(() =>
    queue.encodeTiled({
      kernel: pipelines.get(shader),
      tiles: models * sequences * heads * Math.ceil(rows / tile) * Math.ceil(columns / tile),
      perWorkgroup,
      tileWork: productWork * tile * tile * inner,
      fields: (firstTile, endTile) => ({
        sequences,
        heads,
        rows,
        inner,
        columns,
        reach: reaches[reach],
        scale,
        output: placeOf(output),
        outputSequence: output.sequence,
        outputHead: output.head,
        outputRow: output.word,
        left: placeOf(left),
        leftSequence: left.sequence,
        leftHead: left.head,
        leftRow: left.word,
        leftInner: left.column,
        right: placeOf(right),
        rightSequence: right.sequence,
        rightHead: right.head,
        rightInner: right.word,
        rightColumn: right.column,
        firstTile,
        endTile,
      }),
      buffers: [output, left, right].map(({ matrices }) => matrices.tensor.buffer),
    }),
  )
}

/** The place of heads whose columns lie side by side; rows are words. */
export function headsOf({ context, width }: Shape, matrices: CheckedMatrices<GpuTensor>, start = 0): Part {
  const word = matrices.columns
  const sequence = context * word
  return { matrices, start: matrices.offset + start, sequence, head: width, word, column: 1 }
}

/** The places of queries, keys and values. */
export const projections = (shape: Shape, matrices: CheckedMatrices<GpuTensor>) =>
  [0, 1, 2].map((part) => headsOf(shape, matrices, part * shape.heads * shape.width))

/** [context, context] of every head of every sequence. */
export function weightsOf({ context, heads }: Shape, matrices: CheckedMatrices<GpuTensor>): Part {
  const head = context * context
  return { matrices, start: matrices.offset, sequence: heads * head, head, word: context, column: 1 }
}
