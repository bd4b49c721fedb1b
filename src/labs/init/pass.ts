/** One batch of tokens and its pass over the vocabulary, for a run and for the timed hot loop. */
import type { Backend, LogitLossState, Tensor } from '../../compute/backend.ts'
import { streams, uniformIntegers } from '../../compute/random.ts'
import type { TableSlice } from './embeddingTable.ts'
import type { InitValues } from './parameters.ts'

export const histogramBins = 192
/** Half width of the histogram in standard deviations √d of the raw logit: 3 million normals reach 5.3. */
export const histogramSpan = 6
export const landscapeBins = 96

export interface Batch {
  /** [tokens, dModel], layer-normalised. */
  readonly hidden: Tensor
  readonly targets: Tensor
  readonly inputs: Tensor
}

/** Batch `batch` of a run: hidden states, target words and input words. */
export function drawBatch(backend: Backend, values: InitValues, batch: number): Batch {
  const { seed, tokens, dModel, vocab, alignment } = values
  const words = (stream: number) =>
    backend.upload(uniformIntegers({ seed, stream, batch }, 0, tokens, vocab), [tokens])
  const inputs = words(streams.inputs)
  const hidden = backend.createTensor([tokens, dModel])
  backend.randomNormal(hidden, { seed, stream: streams.hidden, batch })
  if (values.hidden === 'tied') {
    // e_x + n up to a factor that the layer norm removes again: the cosine with e_x is ρ up to O(1/√d)
    const embedded = backend.createTensor([tokens, dModel])
    backend.randomNormalRows(embedded, { seed, stream: streams.embedding }, inputs)
    backend.weightedSum(hidden, embedded, alignment, hidden, Math.sqrt(1 - alignment ** 2))
    embedded.dispose()
  }
  backend.layerNorm(hidden, hidden)
  return { hidden, targets: words(streams.targets), inputs }
}

export function disposeBatch(batch: Batch | undefined): void {
  for (const tensor of [batch?.hidden, batch?.targets, batch?.inputs]) tensor?.dispose()
}

/** Floating-point operations of one pass: a multiplication and an addition for every token, word and dimension. */
export function operations({ tokens, dModel, vocab }: InitValues): number {
  return 2 * tokens * dModel * vocab
}

export function streamSlice(
  backend: Backend,
  values: InitValues,
  batch: Batch,
  state: LogitLossState,
  scales: readonly number[],
  slice: TableSlice,
): void {
  backend.logitLoss({
    hidden: batch.hidden,
    table: slice.tensor,
    words: slice.words,
    firstWord: slice.firstWord,
    targets: batch.targets,
    inputs: batch.inputs,
    scales,
    vocabulary: values.vocab,
    histogramRange: histogramSpan * Math.sqrt(values.dModel),
    state,
  })
}
