import type { Arguments } from '../arguments.ts'
import type { Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface ScatterAddRowsArguments {
  readonly models: number
  /** [words, d], read and written: row indices[r] += scale · input[r] for every r, also for repeated words. */
  readonly output: Matrices
  /** [rows, d] */
  readonly input: Matrices
  /** uint32 [1, rows]; beyond the last word means the last one. */
  readonly indices: Matrices
  readonly scale: number
}

export interface ScatterAddRowsOperations {
  /** The gradient through `gatherRows` with respect to its table. */
  scatterAddRows(parameters: ScatterAddRowsArguments): void
}

export function checkScatterAddRows<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: ScatterAddRowsArguments,
) {
  const models = given.unsigned('models', parameters.models, 1)
  const output = given.written('output', parameters.output, models)
  const input = given.matrices('input', parameters.input, models)
  const indices = given.matrices('indices', parameters.indices, models, 'uint32')
  given.size(output, [output.rows, input.columns], input)
  given.size(indices, [1, input.rows], input)
  given.separate(output, [input, indices])
  const [{ rows, columns }, words] = [input, output.rows]
  const scale = given.finite('scale', parameters.scale)
  return { models, rows, columns, words, output, input, indices, scale }
}
