/**
 * The places of a language model's parameters in its row: embedding, positions, then part by part. Every array begins
 * at a multiple of four elements; the elements between two arrays stay 0.
 */
import type { Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import type { Architecture, TrainingValues } from './parameters.ts'

export interface ParameterMatrix {
  /** First element in the row. */
  readonly offset: number
  readonly rows: number
  readonly columns: number
}

/** x · weights + biases. */
export interface Linear {
  /** [inputs, outputs] */
  readonly weights: ParameterMatrix
  /** [1, outputs] */
  readonly biases: ParameterMatrix
}

/** d → 3 d (queries, keys, values) → attention → d */
export interface AttentionPart {
  readonly kind: 'attention'
  readonly project: Linear
  readonly output: Linear
}

/** d (or two words' 2 d) → 4 d → GELU → d */
export interface FeedForwardPart {
  readonly kind: 'feedForward'
  readonly up: Linear
  readonly down: Linear
}

export type Part = AttentionPart | FeedForwardPart

export interface Layout {
  readonly architecture: Architecture
  readonly dModel: number
  readonly vocab: number
  readonly heads: number
  readonly context: number
  /** Factor of the embeddings at the input. */
  readonly embeddingScale: number
  /** Number of embeddings side by side at the input: the previous and the present word's, or the present word's. */
  readonly inputWords: 1 | 2
  /** [vocab, d] */
  readonly embedding: ParameterMatrix
  /** [context, d]; the MLP has none. */
  readonly positions: ParameterMatrix | undefined
  readonly parts: readonly Part[]
  /** Number of elements in a model's row. */
  readonly parameters: number
}

type Sizes = Pick<
  TrainingValues,
  'architecture' | 'layers' | 'dModel' | 'vocab' | 'context' | 'embeddingScale'
> & { readonly heads: number }

export function layoutOf(values: Sizes): Layout {
  const { architecture, layers, heads, dModel, vocab, context } = values
  let next = 0
  const matrix = (rows: number, columns: number): ParameterMatrix => {
    const offset = next
    next += Math.ceil((rows * columns) / 4) * 4
    return { offset, rows, columns }
  }
  const linear = (inputs: number, outputs: number): Linear => ({
    weights: matrix(inputs, outputs),
    biases: matrix(1, outputs),
  })
  const feedForward = (inputs: number): FeedForwardPart => ({
    kind: 'feedForward',
    up: linear(inputs, 4 * dModel),
    down: linear(4 * dModel, dModel),
  })
  const layer = (): Part[] => [
    { kind: 'attention', project: linear(dModel, 3 * dModel), output: linear(dModel, dModel) },
    feedForward(dModel),
  ]
  const pair = architecture === 'mlp'
  return {
    architecture,
    dModel,
    vocab,
    heads,
    context,
    embeddingScale: values.embeddingScale === 'sqrtDModel' ? Math.sqrt(dModel) : 1,
    inputWords: pair ? 2 : 1,
    embedding: matrix(vocab, dModel),
    positions: pair ? undefined : matrix(context, dModel),
    parts: pair ? [feedForward(2 * dModel)] : Array.from({ length: layers }, layer).flat(),
    parameters: next,
  }
}

export function linearsOf(part: Part): readonly [Linear, Linear] {
  return part.kind === 'attention' ? [part.project, part.output] : [part.up, part.down]
}

/** A matrix of every model, inside a tensor [models, parameters] of parameters or their gradients. */
export function inside(layout: Layout, tensor: Tensor, matrix: ParameterMatrix): Matrices {
  return { tensor, stride: layout.parameters, ...matrix }
}

/** Floating-point operations of `rows` words through one model, forward, without the head. */
export function operationsOf({ parts, dModel, context }: Layout, rows: number): number {
  const products = parts
    .flatMap(linearsOf)
    .reduce((sum, { weights }) => sum + weights.rows * weights.columns, 0)
  // half of the square of scores, and half of its product with the values
  const attention = parts.filter(({ kind }) => kind === 'attention').length * (context + 1) * dModel
  return 2 * rows * (products + attention)
}

/** Floating-point operations of `rows` words through one model's head, forward. */
export function headOperations({ vocab, dModel }: Layout, rows: number): number {
  return 2 * rows * vocab * dModel
}

/** Operations of one training step of one model: forward once, backward twice that, and the head's logits once more. */
export function stepOperations(layout: Layout, rows: number): number {
  return 3 * operationsOf(layout, rows) + 4 * headOperations(layout, rows)
}
