/** Attention and its gradient: what the tests of both run, and what float64 makes of it. */
import type { Backend } from '../../src/compute/backend.ts'
import {
  dispose,
  expectSame,
  laid,
  matricesOf,
  once,
  several,
  spoilFreeMemory,
  unwritten,
} from './manyModels.ts'
import { type AttentionSize, attentionGradientReference, attentionReference } from './transformerReference.ts'

/** One word, one head, widths that are no multiple of anything, more words than a tile of any size. */
export const attentionCases = [
  { models: 1, sequences: 1, context: 1, heads: 1, width: 1 },
  { models: 2, sequences: 3, context: 5, heads: 2, width: 3 },
  { models: 3, sequences: 2, context: 17, heads: 3, width: 5 },
  { models: 1, sequences: 1, context: 67, heads: 1, width: 33 },
  { models: 2, sequences: 2, context: 64, heads: 4, width: 32 },
  { models: 1, sequences: 1, context: 130, heads: 2, width: 8 },
  { models: 2, sequences: 1, context: 128, heads: 16, width: 4 },
]

export const attentionText = '$models models, $sequences sequences of $context words, $heads heads of $width'
const rowsOf = ({ sequences, context }: AttentionSize) => sequences * context
const columnsOf = ({ heads, width }: AttentionSize) => heads * width
const shapes = (size: AttentionSize) => ({
  projected: { rows: rowsOf(size), columns: 3 * columnsOf(size) },
  output: { rows: rowsOf(size), columns: columnsOf(size) },
  probabilities: { rows: rowsOf(size) * size.heads, columns: size.context },
})

export const attentionMade = once(({ models, ...size }: (typeof attentionCases)[number]) => {
  const shape = shapes(size)
  // scores of size 1 or so: probabilities that differ, none of them alone
  const projections = several(models, shape.projected.rows * shape.projected.columns, 3, 2)
  const slopes = several(models, shape.output.rows * shape.output.columns, 4)
  const expected = projections.map((projected, model) => ({
    ...attentionReference(size, projected),
    gradient: attentionGradientReference(size, projected, slopes[model]),
  }))
  return { size, projections, slopes, expected }
})

/** Forward and, given the slopes of the output, backward. */
export async function attention(
  backend: Backend,
  size: AttentionSize,
  projections: Float32Array[],
  slopes: Float32Array[] = projections.map(() => new Float32Array(rowsOf(size) * columnsOf(size))),
  models = projections.length,
) {
  const shape = shapes(size)
  const { sequences, heads } = size
  spoilFreeMemory(backend)
  const projected = laid(backend, projections, { ...shape.projected, offset: 3, gap: 5 })
  const probabilities = unwritten(backend, models, { ...shape.probabilities, offset: 1, gap: 2 })
  const output = unwritten(backend, models, { ...shape.output, offset: 6, gap: 3 })
  backend.causalAttention({ models, sequences, heads, projected, probabilities, output })
  const forward = {
    probabilities: await matricesOf(backend, probabilities),
    output: await matricesOf(backend, output),
  }

  const outputGradient = laid(backend, slopes, { ...shape.output, offset: 2, gap: 1 })
  const scoreGradients = unwritten(backend, models, { ...shape.probabilities, offset: 5, gap: 1 })
  const projectedGradient = unwritten(backend, models, { ...shape.projected, offset: 7, gap: 4 })
  backend.causalAttentionGradient({
    ...{ models, sequences, heads, projected, probabilities, outputGradient, scoreGradients },
    projectedGradient,
  })
  const gradient = await matricesOf(backend, projectedGradient)
  // what lies beside the scratch space is nobody's
  await matricesOf(backend, scoreGradients)
  expectSame(await matricesOf(backend, probabilities), forward.probabilities)
  dispose(projected, probabilities, output, outputGradient, scoreGradients, projectedGradient)
  return { ...forward, gradient }
}

/** Scores of ±1e4. */
export function farScores() {
  const size = { sequences: 1, context: 5, heads: 1, width: 4 }
  const projected = new Float32Array(5 * 12)
  // query · key / 2 of word i and j is 1e4 · sizes[i] · sizes[j], whole numbers
  const sizes = [1, -1, 0.9, -0.97, 0.5]
  for (const [word, size] of sizes.entries()) {
    projected[word * 12] = 200 * size
    projected[word * 12 + 4] = 100 * size
    projected.set([word, 1, -word, 0], word * 12 + 8)
  }
  return { size, projected }
}
