/** What both backends check of the arguments of transformer.ts's operations; all throw a RangeError by name. */
import type { Tensor } from './backend.ts'
import type { Matrices } from './network.ts'
import {
  atLeastOne,
  type CheckedMatrices,
  checkMatrices,
  checkModels,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type MatrixChecks,
  type OwnTensor,
  type TensorChecks,
} from './networkArguments.ts'
import type {
  AttentionArguments,
  AttentionGradientArguments,
  GatherRowsArguments,
  ScatterAddRowsArguments,
  VocabularyLossArguments,
  VocabularyLossGradientArguments,
} from './transformer.ts'

export function checkGatherRows<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: GatherRowsArguments,
) {
  const models = checkModels(given, parameters.models)
  const output = checkWritten(given, 'output', parameters.output, models)
  const table = checkMatrices(given, 'table', parameters.table, models)
  const indices = checkMatrices(given, 'indices', parameters.indices, models, 'uint32')
  const positions = parameters.positions && checkMatrices(given, 'positions', parameters.positions, models)
  checkSize(given, table, [table.rows, output.columns], describeMatrices(output))
  checkSize(given, indices, [1, output.rows], describeMatrices(output))
  if (positions) checkSize(given, positions, [positions.rows, output.columns], describeMatrices(output))
  checkSeparate(given, output, [table, indices, positions])
  return { models, output, table, indices, scale: finite(given, 'scale', parameters.scale), positions }
}

export function checkScatterAddRows<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: ScatterAddRowsArguments,
) {
  const models = checkModels(given, parameters.models)
  const output = checkWritten(given, 'output', parameters.output, models)
  const input = checkMatrices(given, 'input', parameters.input, models)
  const indices = checkMatrices(given, 'indices', parameters.indices, models, 'uint32')
  checkSize(given, output, [output.rows, input.columns], describeMatrices(input))
  checkSize(given, indices, [1, input.rows], describeMatrices(input))
  checkSeparate(given, output, [input, indices])
  return { models, output, input, indices, scale: finite(given, 'scale', parameters.scale) }
}

/** Of `layerNormGradient`: [rows, columns] all three. */
export function checkLayerNormGradient<T extends OwnTensor>(
  given: TensorChecks<T>,
  output: Tensor,
  input: Tensor,
  gradient: Tensor,
) {
  const checked = checkEntries(given, output, input, gradient)
  const { shape } = checked.input
  if (shape.length !== 2) given.fail(`input is [rows, columns], not [${shape.join(', ')}].`)
  return { ...checked, rows: shape[0], columns: shape[1] }
}

export function checkGelu<T extends OwnTensor>(given: TensorChecks<T>, output: Tensor, input: Tensor) {
  const { output: to, input: from } = checkEntries(given, output, input, input)
  return { output: to, input: from }
}

/** Of `geluGradient`: all of one shape. */
export function checkEntries<T extends OwnTensor>(
  given: TensorChecks<T>,
  output: Tensor,
  input: Tensor,
  gradient: Tensor,
) {
  const from = given.tensor('input', input)
  const slopes = given.tensor('gradient', gradient)
  const to = given.tensor('output', output)
  const because = `input [${from.shape.join(', ')}]`
  given.shape('gradient', slopes, from.shape, because)
  given.shape('output', to, from.shape, because)
  checkSeparate(given, { name: 'output', tensor: to }, [{ name: 'input', tensor: from }])
  return { output: to, input: from, gradient: slopes }
}

export interface CheckedAttention<T extends OwnTensor> {
  readonly models: number
  readonly sequences: number
  readonly context: number
  readonly heads: number
  /** Of a head. */
  readonly width: number
  readonly projected: CheckedMatrices<T>
  readonly probabilities: CheckedMatrices<T>
}

/** `probabilities` is what `check` made of them: written or only read. */
function checkAttentionShape<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: AttentionArguments | AttentionGradientArguments,
  check: typeof checkMatrices,
): CheckedAttention<T> {
  const models = checkModels(given, parameters.models)
  const sequences = atLeastOne(given, 'sequences', parameters.sequences)
  const heads = atLeastOne(given, 'heads', parameters.heads)
  const projected = checkMatrices(given, 'projected', parameters.projected, models)
  const probabilities = check(given, 'probabilities', parameters.probabilities, models)
  const context = probabilities.columns
  const text = `${sequences} sequences of ${context} words and ${heads} heads`
  checkSize(given, probabilities, [sequences * heads * context, context], text)
  checkSize(given, projected, [sequences * context, projected.columns], text)
  const width = projected.columns / (3 * heads)
  if (!Number.isInteger(width))
    given.fail(
      `projected.columns must be a multiple of ${3 * heads}: queries, keys and values of ${heads} heads ` +
        `of one width, not ${projected.columns}.`,
    )
  return { models, sequences, context, heads, width, projected, probabilities }
}

export function checkAttention<T extends OwnTensor>(given: MatrixChecks<T>, parameters: AttentionArguments) {
  const shape = checkAttentionShape(given, parameters, checkWritten)
  const { projected, probabilities, heads, width } = shape
  const output = checkWritten(given, 'output', parameters.output, shape.models)
  checkSize(given, output, [projected.rows, heads * width], describeMatrices(projected))
  checkSeparate(given, output, [probabilities, projected])
  checkSeparate(given, probabilities, [projected])
  return { ...shape, output }
}

export function checkAttentionGradient<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: AttentionGradientArguments,
) {
  const shape = checkAttentionShape(given, parameters, checkMatrices)
  const { models, projected, probabilities, heads, width } = shape
  const outputGradient = checkMatrices(given, 'outputGradient', parameters.outputGradient, models)
  const scoreGradients = checkWritten(given, 'scoreGradients', parameters.scoreGradients, models)
  const projectedGradient = checkWritten(given, 'projectedGradient', parameters.projectedGradient, models)
  const text = describeMatrices(projected)
  checkSize(given, outputGradient, [projected.rows, heads * width], text)
  checkSize(given, projectedGradient, [projected.rows, projected.columns], text)
  checkSize(
    given,
    scoreGradients,
    [probabilities.rows, probabilities.columns],
    describeMatrices(probabilities),
  )
  checkSeparate(given, scoreGradients, [projectedGradient, outputGradient, probabilities, projected])
  checkSeparate(given, projectedGradient, [outputGradient, probabilities, projected])
  return { ...shape, outputGradient, scoreGradients, projectedGradient }
}

/** `hidden`, `table` and `labels`, which the loss and its gradient share. */
function checkVocabulary<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: VocabularyLossArguments | VocabularyLossGradientArguments,
) {
  const models = checkModels(given, parameters.models)
  const hidden = checkMatrices(given, 'hidden', parameters.hidden, models)
  const table = checkMatrices(given, 'table', parameters.table, models)
  const labels = checkMatrices(given, 'labels', parameters.labels, models, 'uint32')
  checkSize(given, table, [table.rows, hidden.columns], describeMatrices(hidden))
  checkSize(given, labels, [1, hidden.rows], describeMatrices(hidden))
  return { models, hidden, table, labels, rows: hidden.rows, words: table.rows, width: hidden.columns }
}

export function checkVocabularyLoss<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: VocabularyLossArguments,
) {
  const shape = checkVocabulary(given, parameters)
  const { models, hidden, table, labels } = shape
  const logSumExps = checkWritten(given, 'logSumExps', parameters.logSumExps, models)
  const losses = checkWritten(given, 'losses', parameters.losses, models)
  for (const perRow of [logSumExps, losses])
    checkSize(given, perRow, [1, hidden.rows], describeMatrices(hidden))
  checkSeparate(given, logSumExps, [losses, hidden, table, labels])
  checkSeparate(given, losses, [hidden, table, labels])
  return { ...shape, logSumExps, losses }
}

export function checkVocabularyLossGradient<T extends OwnTensor>(
  given: MatrixChecks<T>,
  parameters: VocabularyLossGradientArguments,
) {
  const shape = checkVocabulary(given, parameters)
  const { models, hidden, table, labels } = shape
  const logSumExps = checkMatrices(given, 'logSumExps', parameters.logSumExps, models)
  const hiddenGradient = checkWritten(given, 'hiddenGradient', parameters.hiddenGradient, models)
  const tableGradient = checkWritten(given, 'tableGradient', parameters.tableGradient, models)
  checkSize(given, logSumExps, [1, hidden.rows], describeMatrices(hidden))
  checkSize(given, hiddenGradient, [hidden.rows, hidden.columns], describeMatrices(hidden))
  checkSize(given, tableGradient, [table.rows, table.columns], describeMatrices(table))
  checkSeparate(given, hiddenGradient, [tableGradient, hidden, table, labels, logSumExps])
  checkSeparate(given, tableGradient, [hidden, table, labels, logSumExps])
  return { ...shape, logSumExps, hiddenGradient, tableGradient }
}

export function checkRowNorms<T extends OwnTensor>(
  given: MatrixChecks<T>,
  models: number,
  output: Matrices,
  input: Matrices,
) {
  checkModels(given, models)
  const from = checkMatrices(given, 'input', input, models)
  const to = checkWritten(given, 'output', output, models)
  checkSize(given, to, [1, from.rows], describeMatrices(from))
  checkSeparate(given, to, [from])
  return { output: to, input: from }
}

export function checkClipNorm<T extends OwnTensor>(
  given: TensorChecks<T>,
  models: number,
  values: Matrices,
  norms: Tensor,
  limit: number,
) {
  checkModels(given, models)
  const clipped = checkWritten(given, 'values', values, models)
  const to = given.tensor('norms', norms)
  given.shape('norms', to, [models], `${models} models`)
  checkSeparate(given, { name: 'norms', tensor: to }, [clipped])
  if (!(limit > 0)) given.fail(`limit must be above 0, or Infinity, not ${limit}.`)
  return { values: clipped, norms: to }
}

function finite(given: Pick<MatrixChecks<never>, 'fail'>, name: string, value: number): number {
  if (!Number.isFinite(value)) given.fail(`${name} must be a finite number, not ${value}.`)
  return value
}
