import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface CrossEntropyArguments {
  readonly models: number
  /** [batch, classes] */
  readonly logits: Matrices
  /** uint32 [1, batch]; beyond the last class means the last one, here and in `countErrors`. */
  readonly labels: Matrices
  /** Written: [1, batch], −log softmax of the label, nats. */
  readonly losses: Matrices
  /** Written where given: [batch, classes], gradient of the mean over the batch. */
  readonly gradient?: Matrices
}

export interface CrossEntropyOperations {
  /** The loss of a classifier, and its gradient where asked for. */
  crossEntropy(parameters: CrossEntropyArguments): void
}

export function checkCrossEntropy<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: CrossEntropyArguments,
) {
  const models = given.unsigned('models', parameters.models, 1)
  const logits = given.matrices('logits', parameters.logits, models)
  const labels = given.matrices('labels', parameters.labels, models, 'uint32')
  const losses = given.written('losses', parameters.losses, models)
  const gradient = parameters.gradient && given.written('gradient', parameters.gradient, models)
  for (const perRow of [labels, losses]) given.size(perRow, [1, logits.rows], logits)
  if (gradient) {
    given.size(gradient, [logits.rows, logits.columns], logits)
    given.separate(gradient, [logits, losses])
  }
  given.separate(losses, [logits])
  return { models, rows: logits.rows, classes: logits.columns, logits, labels, losses, gradient }
}
