import type { Arguments } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface LayerNormGradientOperations {
  /**
   * The gradient through `layerNorm`: output = (g − mean g − y · mean(g · y)) / σ for each row, with y the normalised
   * input and σ² = its variance + 1e-5. All [rows, columns]; output may be `gradient`.
   */
  layerNormGradient(output: Tensor, input: Tensor, gradient: Tensor): void
}

export function checkLayerNormGradient<T extends OwnTensor>(
  given: Arguments<T>,
  output: Tensor,
  input: Tensor,
  gradient: Tensor,
) {
  const from = given.matrix('input', input)
  const slopes = given.alike('gradient', gradient, 'input', from)
  const to = given.alike('output', output, 'input', from)
  given.separate({ name: 'output', tensor: to }, [{ name: 'input', tensor: from }])
  const [rows, columns] = from.shape
  return { output: to, input: from, gradient: slopes, rows, columns }
}
