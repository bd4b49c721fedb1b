/** Causal attention and its gradient: products of all heads at once, and the softmax between them. */
import type { CheckedMatrices } from '../networkArguments.ts'
import type { AttentionArguments, AttentionGradientArguments } from '../transformer.ts'
import { type CheckedAttention, checkAttention, checkAttentionGradient } from '../transformerArguments.ts'
import { Arguments, readPlace, writtenPlace } from './arguments.ts'
import { type Context, invoke } from './context.ts'
import type { GpuTensor } from './memory.ts'
import { float, unsigned } from './queue.ts'

type Shape = CheckedAttention<GpuTensor>

/** Where one head's part of [sequences · context, columns] or of the probabilities lies. */
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

const transposed = (part: Part): Part => ({ ...part, word: part.column, column: part.word })

/** What attentionProduct.wgsl calls `reach`: rows know nothing of what comes later. */
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

/** Edge of an output tile, and tiles of a workgroup. */
const tile = 4
const perWorkgroup = 64
/** What a multiply-add of the kernel takes, in those of the large products. */
const productWork = 4
/** Roughly the multiply-adds that an exponential and what goes with it take. */
const exponentialWork = 40

export class Attention {
  constructor(private readonly context: Context) {}

  run(parameters: AttentionArguments): void {
    const shape = checkAttention(new Arguments('causalAttention', this.context.memory), parameters)
    const { models, probabilities, output, width, context } = shape
    const [queries, keys, values] = projections(shape, shape.projected)
    const weights = weightsOf(shape, probabilities)
    this.product(shape, {
      ...{ output: weights, left: queries, right: transposed(keys), inner: width, columns: context },
      ...{ reach: 'entries', scale: 1 / Math.sqrt(width) },
    })
    const { rows, tensor } = probabilities
    invoke(this.context, 'causalAttention', 'main', {
      parameters: [models, rows, context, ...writtenPlace(probabilities)].map(unsigned),
      buffers: [tensor.buffer],
      invocations: models * rows,
      work: exponentialWork * models * rows * context,
    })
    this.product(shape, {
      ...{ output: headsOf(shape, output), left: weights, right: values, inner: context, columns: width },
      ...{ reach: 'sumsUpTo', scale: 1 },
    })
  }

  runGradient(parameters: AttentionGradientArguments): void {
    const shape = checkAttentionGradient(
      new Arguments('causalAttentionGradient', this.context.memory),
      parameters,
    )
    const { models, probabilities, scoreGradients, width, context } = shape
    const [queries, keys, values] = projections(shape, shape.projected)
    const [toQueries, toKeys, toValues] = projections(shape, shape.projectedGradient)
    const slopes = headsOf(shape, shape.outputGradient)
    const weights = weightsOf(shape, probabilities)
    const scores = weightsOf(shape, scoreGradients)
    this.product(shape, {
      ...{ output: scores, left: slopes, right: transposed(values), inner: width, columns: context },
      ...{ reach: 'entries', scale: 1 },
    })
    const { rows } = probabilities
    invoke(this.context, 'causalAttentionGradient', 'main', {
      parameters: [models, rows, context, ...writtenPlace(scoreGradients), ...readPlace(probabilities)].map(
        unsigned,
      ),
      buffers: [scoreGradients.tensor.buffer, probabilities.tensor.buffer],
      invocations: models * rows,
      work: 4 * models * rows * context,
    })
    const sums = { inner: context, columns: width }
    const scale = 1 / Math.sqrt(width)
    this.product(shape, {
      ...{ ...sums, output: toQueries, left: scores, right: keys },
      ...{ reach: 'sumsUpTo', scale },
    })
    this.product(shape, {
      ...{ ...sums, output: toKeys, left: transposed(scores), right: queries },
      ...{ reach: 'sumsFrom', scale },
    })
    this.product(shape, {
      ...{ ...sums, output: toValues, left: transposed(weights), right: slopes },
      ...{ reach: 'sumsFrom', scale: 1 },
    })
  }

  /** output [context, columns] = scale · left [context, inner] · right [inner, columns] of every head. */
  private product({ models, sequences, heads, context }: Shape, product: HeadProduct): void {
    const { output, left, right, inner, columns, scale } = product
    const count = models * sequences * heads * Math.ceil(context / tile) * Math.ceil(columns / tile)
    this.context.queue.enqueue(() =>
      this.context.queue.encodeTiled({
        kernel: this.context.pipelines.get('attentionProduct', 'main'),
        tiles: count,
        perWorkgroup,
        tileWork: productWork * tile * tile * inner,
        parameters: (first, end) => [
          ...[sequences, heads, context, inner, columns, reaches[product.reach]].map(unsigned),
          float(scale),
          ...[first, end].map(unsigned),
          ...[output.start, output.matrices.stride, output.sequence, output.head, output.word].map(unsigned),
          ...[left, right].flatMap(({ start, matrices, sequence, head, word, column }) =>
            [start, matrices.stride, matrices.period, sequence, head, word, column].map(unsigned),
          ),
        ],
        buffers: [output, left, right].map(({ matrices }) => matrices.tensor.buffer),
      }),
    )
  }
}

/** One head's columns behind another's, in rows that are words. */
function headsOf({ context, width }: Shape, matrices: CheckedMatrices<GpuTensor>, start = 0): Part {
  const word = matrices.columns
  const sequence = context * word
  return { matrices, start: matrices.offset + start, sequence, head: width, word, column: 1 }
}

/** Queries, keys and values. */
const projections = (shape: Shape, matrices: CheckedMatrices<GpuTensor>) =>
  [0, 1, 2].map((part) => headsOf(shape, matrices, part * shape.heads * shape.width))

/** [context, context] of every head of every sequence. */
function weightsOf({ context, heads }: Shape, matrices: CheckedMatrices<GpuTensor>): Part {
  const head = context * context
  return { matrices, start: matrices.offset, sequence: heads * head, head, word: context, column: 1 }
}
