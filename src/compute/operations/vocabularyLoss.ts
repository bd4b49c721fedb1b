import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface VocabularyShape {
  readonly models: number
  /** [rows, d] */
  readonly hidden: Matrices
  /** [words, d]; the logit of word w at row r is hidden[r] · table[w]. */
  readonly table: Matrices
  /** uint32 [1, rows]: the target words; beyond the last one means the last one. */
  readonly labels: Matrices
}

export interface VocabularyLossArguments extends VocabularyShape {
  /** Written: [1, rows], log Σ exp of the row's logits, nats. */
  readonly logSumExps: Matrices
  /** Written: [1, rows], −log softmax of the label, nats. */
  readonly losses: Matrices
}

export interface VocabularyLossOperations {
  /** The loss over the whole vocabulary, slice by slice: the memory holds the logits of one slice at a time. */
  vocabularyLoss(parameters: VocabularyLossArguments): void
}

export function checkVocabularyLoss<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: VocabularyLossArguments,
) {
  const shape = checkVocabulary(given, parameters)
  const { models, hidden, table, labels } = shape
  const logSumExps = given.written('logSumExps', parameters.logSumExps, models)
  const losses = given.written('losses', parameters.losses, models)
  for (const perRow of [logSumExps, losses]) given.size(perRow, [1, hidden.rows], hidden)
  given.separate(logSumExps, [losses, hidden, table, labels])
  given.separate(losses, [hidden, table, labels])
  return { ...shape, logSumExps, losses }
}

/** Checks `hidden`, `table` and `labels` for the loss and for its gradient. */
export function checkVocabulary<T extends OwnTensor>(given: Arguments<T>, parameters: VocabularyShape) {
  const models = given.unsigned('models', parameters.models, 1)
  const hidden = given.matrices('hidden', parameters.hidden, models)
  const table = given.matrices('table', parameters.table, models)
  const labels = given.matrices('labels', parameters.labels, models, 'uint32')
  given.size(table, [table.rows, hidden.columns], hidden)
  given.size(labels, [1, hidden.rows], hidden)
  return { models, hidden, table, labels, rows: hidden.rows, words: table.rows, width: hidden.columns }
}
