import type { Arguments } from '../arguments.ts'
import { describeMatrices, type Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'

export interface ModelProductArguments {
  readonly models: number
  /** [rows, columns] */
  readonly output: Matrices
  /** [rows, inner], or [inner, rows] where transposed. */
  readonly left: Matrices
  readonly transposeLeft?: boolean
  /** [inner, columns], or [columns, inner] where transposed. */
  readonly right: Matrices
  readonly transposeRight?: boolean
  /** [1, columns], added to every row. */
  readonly bias?: Matrices
  /** Negative entries become 0, after the bias. */
  readonly relu?: boolean
  /** [rows, columns]: an entry of the output is 0 where this is not above 0 (the gradient through a ReLU). */
  readonly gate?: Matrices
  /** The product is added to the contents of `output`; not together with bias, ReLU or gate. */
  readonly accumulate?: boolean
}

export interface ModelProductOperations {
  /** output = op(left) · op(right) + bias, then ReLU or gate. */
  modelProduct(parameters: ModelProductArguments): void
}

export function checkModelProduct<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: ModelProductArguments,
) {
  const { transposeLeft = false, transposeRight = false, relu = false, accumulate = false } = parameters
  const models = given.unsigned('models', parameters.models, 1)
  const left = given.matrices('left', parameters.left, models)
  const right = given.matrices('right', parameters.right, models)
  const output = given.written('output', parameters.output, models)
  const bias = parameters.bias && given.matrices('bias', parameters.bias, models)
  const gate = parameters.gate && given.matrices('gate', parameters.gate, models)

  const [rows, inner] = transposeLeft ? [left.columns, left.rows] : [left.rows, left.columns]
  const columns = transposeRight ? right.rows : right.columns
  const leftText = `${transposeLeft ? 'the transposed ' : ''}${describeMatrices(left)}`
  const rightText = `${transposeRight ? 'the transposed ' : ''}${describeMatrices(right)}`
  given.size(right, transposeRight ? [columns, inner] : [inner, columns], leftText)
  given.size(output, [rows, columns], `${leftText} · ${rightText}`)
  if (bias) given.size(bias, [1, columns], output)
  if (gate) given.size(gate, [rows, columns], output)
  given.separate(output, [left, right, bias, gate])
  if (accumulate && (bias || relu || gate))
    given.fail('accumulate does not go together with bias, relu or gate.')
  return {
    models,
    rows,
    inner,
    columns,
    output,
    // as stored: [inner, rows] where transposed
    left,
    transposeLeft,
    // as stored: [columns, inner] where transposed
    right,
    transposeRight,
    bias,
    relu,
    gate,
    accumulate,
  }
}
