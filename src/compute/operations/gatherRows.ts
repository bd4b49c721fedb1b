import type { Arguments } from '../arguments.ts'
import {
  checkMatrices,
  checkSeparate,
  checkSize,
  checkWritten,
  describeMatrices,
  type Matrices,
} from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

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

export interface GatherRowsOperations {
  /** The words' rows of an embedding table, scaled, and their positions' rows added. */
  gatherRows(parameters: GatherRowsArguments): void
}

export function checkGatherRows<T extends OwnTensor>(given: Arguments<T>, parameters: GatherRowsArguments) {
  const models = given.unsigned('models', parameters.models, 1)
  const output = checkWritten(given, 'output', parameters.output, models)
  const table = checkMatrices(given, 'table', parameters.table, models)
  const indices = checkMatrices(given, 'indices', parameters.indices, models, 'uint32')
  const positions = parameters.positions && checkMatrices(given, 'positions', parameters.positions, models)
  checkSize(given, table, [table.rows, output.columns], describeMatrices(output))
  checkSize(given, indices, [1, output.rows], describeMatrices(output))
  if (positions) checkSize(given, positions, [positions.rows, output.columns], describeMatrices(output))
  checkSeparate(given, output, [table, indices, positions])
  return { models, output, table, indices, scale: given.finite('scale', parameters.scale), positions }
}
