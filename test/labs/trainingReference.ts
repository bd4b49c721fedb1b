/** Losses of the language models in float64, by plain loops over one model's row of parameters; shares nothing with the backends. */
import type { Layout, Linear, ParameterMatrix } from '../../src/labs/training/layout.ts'
import { attentionReference, geluReference, vocabularyReference } from '../kernels/transformerReference.ts'

/** Words of one batch: see `Words`. */
export interface ReferenceBatch {
  readonly sequences: number
  readonly inputs: ArrayLike<number>
  readonly labels: ArrayLike<number>
}

type Rows = readonly Float64Array[]

const slice = (theta: Float64Array, { offset, rows, columns }: ParameterMatrix) =>
  theta.subarray(offset, offset + rows * columns)

function linear(theta: Float64Array, { weights, biases }: Linear, input: Rows): Float64Array[] {
  const [w, b] = [slice(theta, weights), slice(theta, biases)]
  return input.map((row) =>
    b.map((bias, j) => row.reduce((sum, value, i) => sum + value * w[i * weights.columns + j], bias)),
  )
}

function layerNorm(input: Rows): Float64Array[] {
  return input.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length
    return row.map((value) => (value - mean) / Math.sqrt(variance + 1e-5))
  })
}

const plus = (one: Rows, other: Rows) => one.map((row, r) => row.map((value, c) => value + other[r][c]))

/** The inputs of the head. */
export function referenceHidden(layout: Layout, theta: Float64Array, batch: ReferenceBatch): Float64Array[] {
  const { architecture, dModel, heads, context, inputWords, embedding, positions, embeddingScale } = layout
  const { sequences, inputs } = batch
  const table = slice(theta, embedding)
  let x: Float64Array[] = Array.from({ length: sequences * context }, (_, row) =>
    Float64Array.from({ length: inputWords * dModel }, (_, place) => {
      const [which, column] = [Math.floor(place / dModel), place % dModel]
      const word = inputs[row * inputWords + which]
      const position = positions ? slice(theta, positions)[(row % context) * dModel + column] : 0
      return embeddingScale * table[word * dModel + column] + position
    }),
  )
  for (const part of layout.parts) {
    const through = (input: Rows): Float64Array[] => {
      if (part.kind === 'feedForward') {
        const active = linear(theta, part.up, input).map((row) => row.map(geluReference))
        return linear(theta, part.down, active)
      }
      const projected = linear(theta, part.project, input).flatMap((row) => [...row])
      const size = { sequences, context, heads, width: dModel / heads }
      const { output } = attentionReference(size, projected)
      const attended = input.map((_, row) => output.slice(row * dModel, (row + 1) * dModel))
      return linear(theta, part.output, attended)
    }
    if (architecture === 'preNorm') x = plus(x, through(layerNorm(x)))
    else if (architecture === 'postNorm') x = layerNorm(plus(x, through(x)))
    else x = through(x)
  }
  return layerNorm(x)
}

/** Mean loss of the batch, nats. */
export function referenceLoss(layout: Layout, theta: Float64Array, batch: ReferenceBatch): number {
  const hidden = referenceHidden(layout, theta, batch).flatMap((row) => [...row])
  const { losses } = vocabularyReference(hidden, slice(theta, layout.embedding), batch.labels, layout.dModel)
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}
