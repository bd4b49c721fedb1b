import type { Arguments } from '../arguments.ts'
import { describeMatrices, type Matrices } from '../matrices.ts'
import type { OwnTensor } from '../tensor.ts'
import { type AttentionShape, checkAttentionShape } from './causalAttention.ts'

export interface CausalAttentionGradientArguments extends AttentionShape {
  /** As `causalAttention` left them. */
  readonly probabilities: Matrices
  /** [rows, d] */
  readonly outputGradient: Matrices
  /** Scratch space, written: as large as `probabilities`. */
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
  const shape = checkAttentionShape(given, parameters, 'matrices')
  const { models, projected, probabilities, heads, width } = shape
  const outputGradient = given.matrices('outputGradient', parameters.outputGradient, models)
  const scoreGradients = given.written('scoreGradients', parameters.scoreGradients, models)
  const projectedGradient = given.written('projectedGradient', parameters.projectedGradient, models)
  const text = describeMatrices(projected)
  given.size(outputGradient, [projected.rows, heads * width], text)
  given.size(projectedGradient, [projected.rows, projected.columns], text)
  given.size(scoreGradients, [probabilities.rows, probabilities.columns], describeMatrices(probabilities))
  given.separate(scoreGradients, [projectedGradient, outputGradient, probabilities, projected])
  given.separate(projectedGradient, [outputGradient, probabilities, projected])
  return { ...shape, outputGradient, scoreGradients, projectedGradient }
}
