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
import { type AttentionShape, checkAttentionShape } from './causalAttention.ts'

export interface CausalAttentionGradientArguments extends AttentionShape {
  /** As `causalAttention` left them. */
  readonly probabilities: Matrices
  /** [rows, d] */
  readonly outputGradient: Matrices
  /** Scratch space, written: of the size of `probabilities`. */
  readonly scoreGradients: Matrices
  /** Written: [rows, 3 d] */
  readonly projectedGradient: Matrices
}

export interface CausalAttentionGradientOperations {
  /** The gradient through `causalAttention`. */
  causalAttentionGradient(parameters: CausalAttentionGradientArguments): void
}

export function checkCausalAttentionGradient<T extends OwnTensor>(
  given: Arguments<T>,
  parameters: CausalAttentionGradientArguments,
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
