import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
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
  /** [context, d]; without them nothing is added. */
  readonly positions?: Matrices
}

export interface GatherRowsOperations {
  /** The words' rows of an embedding table, scaled, and their positions' rows added. */
  gatherRows(parameters: GatherRowsArguments): void
}

export function checkGatherRows<T extends OwnTensor>(given: Arguments<T>, parameters: GatherRowsArguments) {
  const models = given.unsigned('models', parameters.models, 1)
  const output = given.written('output', parameters.output, models)
  const table = given.matrices('table', parameters.table, models)
  const indices = given.matrices('indices', parameters.indices, models, 'uint32')
  const positions = parameters.positions && given.matrices('positions', parameters.positions, models)
  given.size(table, [table.rows, output.columns], output)
  given.size(indices, [1, output.rows], output)
  if (positions) given.size(positions, [positions.rows, output.columns], output)
  given.separate(output, [table, indices, positions])
  const [{ rows, columns }, words] = [output, table.rows]
  const scale = given.finite('scale', parameters.scale)
  return { models, rows, columns, words, output, table, indices, scale, positions }
}
