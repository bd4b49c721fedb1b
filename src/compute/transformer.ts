/**
 * The operations that train a language model whose head is its embedding table, beside those of network.ts, and with
 * the same leading model dimension. Rows are words of a batch, sequence by sequence; d is the width of the model.
 * Every operation throws a RangeError that names the argument where shapes do not match.
 */
import type { Tensor } from './backend.ts'
import type { Matrices } from './network.ts'

export interface GatherRowsArguments {
  readonly models: number
  /** Written: [rows, d], row r = scale · table[indices[r]] + positions[r mod context]. */
  readonly output: Matrices
  /** [words, d] */
  readonly table: Matrices
  /** uint32 [1, rows]; beyond the last word means the last one. */
  readonly indices: Matrices
  readonly scale: number
  /** [context, d]; none adds nothing. */
  readonly positions?: Matrices
}

export interface ScatterAddRowsArguments {
  readonly models: number
  /** [words, d], read and written: row indices[r] += scale · input[r], repeated words as often as they stand there. */
  readonly output: Matrices
  /** [rows, d] */
  readonly input: Matrices
  /** uint32 [1, rows]; beyond the last word means the last one. */
  readonly indices: Matrices
  readonly scale: number
}

interface AttentionShape {
  readonly models: number
  /** Rows are sequences · context, and context is the columns of `probabilities`. */
  readonly sequences: number
  /** Divides d; a head's width is d / heads. */
  readonly heads: number
  /** [rows, 3 d]: queries, keys, values; in each, one head's columns behind another's. */
  readonly projected: Matrices
}

export interface AttentionArguments extends AttentionShape {
  /**
   * Written: [sequences · heads · context, context], sequence by sequence, head by head: softmax over the positions up
   * to the row's own of query · key / √(head's width); 0 behind it.
   */
  readonly probabilities: Matrices
  /** Written: [rows, d], the probabilities' mean of the values, one head's columns behind another's. */
  readonly output: Matrices
}

export interface AttentionGradientArguments extends AttentionShape {
  /** As `causalAttention` left them. */
  readonly probabilities: Matrices
  /** [rows, d] */
  readonly outputGradient: Matrices
  /** Scratch space, written: of the size of `probabilities`. */
  readonly scoreGradients: Matrices
  /** Written: [rows, 3 d] */
  readonly projectedGradient: Matrices
}

interface VocabularyShape {
  readonly models: number
  /** [rows, d] */
  readonly hidden: Matrices
  /** [words, d]; the logit of word w at row r is hidden[r] · table[w]. */
  readonly table: Matrices
  /** uint32 [1, rows]: the words that are right; beyond the last one means the last one. */
  readonly labels: Matrices
}

export interface VocabularyLossArguments extends VocabularyShape {
  /** Written: [1, rows], log Σ exp of the row's logits, nats. */
  readonly logSumExps: Matrices
  /** Written: [1, rows], −log softmax of the label, nats. */
  readonly losses: Matrices
}

export interface VocabularyLossGradientArguments extends VocabularyShape {
  /** As `vocabularyLoss` left them. */
  readonly logSumExps: Matrices
  /** Written: [rows, d], gradient of the mean of the losses over the rows. */
  readonly hiddenGradient: Matrices
  /** Written: [words, d] */
  readonly tableGradient: Matrices
}

export interface TransformerOperations {
  gatherRows(parameters: GatherRowsArguments): void
  scatterAddRows(parameters: ScatterAddRowsArguments): void
  /**
   * The gradient through `layerNorm`: output = (g − mean g − y · mean(g · y)) / σ for each row, with y the normalised
   * input and σ² = its variance + 1e-5. All [rows, columns]; output may be `gradient`.
   */
  layerNormGradient(output: Tensor, input: Tensor, gradient: Tensor): void
  /** x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel 2016), of every entry. */
  gelu(output: Tensor, input: Tensor): void
  /** output = gradient · gelu′(input); output may be `gradient`. */
  geluGradient(output: Tensor, input: Tensor, gradient: Tensor): void
  causalAttention(parameters: AttentionArguments): void
  causalAttentionGradient(parameters: AttentionGradientArguments): void
  /** The loss over the whole vocabulary, slice by slice: no more logits are held at once than a slice's. */
  vocabularyLoss(parameters: VocabularyLossArguments): void
  /** Draws the logits again, slice by slice, from the kept `logSumExps`. */
  vocabularyLossGradient(parameters: VocabularyLossGradientArguments): void
  /** output [1, rows] = Euclidean norms of the rows of input [rows, columns]. */
  rowNorms(models: number, output: Matrices, input: Matrices): void
  /**
   * norms float32 [models] = Euclidean norm of all of a model's `values`, which are then scaled to have the norm
   * `limit` where theirs is larger. A norm that is not finite leaves the values as they are. limit Infinity only measures.
   */
  clipNorm(models: number, values: Matrices, norms: Tensor, limit: number): void
}
