import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface AttentionShape {
  readonly models: number
  /** Rows are sequences · context, and context is the columns of `probabilities`. */
  readonly sequences: number
  /** Divides d; a head's width is d / heads. */
  readonly heads: number
  /** [rows, 3 d]: queries, keys, values; in each, one head's columns behind another's. */
  readonly projected: Matrices
}

export interface CausalAttentionArguments extends AttentionShape {
  /**
   * Written: [sequences · heads · context, context], sequence by sequence, head by head. A row is the softmax of
   * query · key / √(head's width) over the positions up to the row's own position, and 0 after it.
   */
  readonly probabilities: Matrices
  /** Written: [rows, d], the mean of the values weighted by the probabilities, one head's columns after another's. */
  readonly output: Matrices
}

export interface CausalAttentionOperations {
  /** Causal attention: softmax of the scores over the words up to a row's own, then the weighted mean of the values. */
  causalAttention(parameters: CausalAttentionArguments): void
}

export function checkCausalAttention<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: CausalAttentionArguments,
) {
  const shape = checkAttentionShape(given, parameters, 'written')
  const { projected, probabilities, heads, width } = shape
  const output = given.written('output', parameters.output, shape.models)
  given.size(output, [projected.rows, heads * width], projected)
  given.separate(output, [probabilities, projected])
  given.separate(probabilities, [projected])
  return { ...shape, output }
}

/** `context` is the words of a sequence, `width` a head's width; `access` tells how `probabilities` are used. */
export function checkAttentionShape<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: AttentionShape & Pick<CausalAttentionArguments, 'probabilities'>,
  access: 'matrices' | 'written',
) {
  const models = given.unsigned('models', parameters.models, 1)
  const sequences = given.unsigned('sequences', parameters.sequences, 1)
  const heads = given.unsigned('heads', parameters.heads, 1)
  const projected = given.matrices('projected', parameters.projected, models)
  const probabilities = given[access]('probabilities', parameters.probabilities, models)
  const context = probabilities.columns
  const text = `${sequences} sequences of ${context} words and ${heads} heads`
  given.size(probabilities, [sequences * heads * context, context], text)
  given.size(projected, [sequences * context, projected.columns], text)
  const width = projected.columns / (3 * heads)
  if (!Number.isInteger(width))
    given.fail(
      `projected.columns must be a multiple of ${3 * heads}: queries, keys and values of ${heads} heads ` +
        `of one width, not ${projected.columns}.`,
    )
  return { models, sequences, context, heads, width, projected, probabilities }
}
