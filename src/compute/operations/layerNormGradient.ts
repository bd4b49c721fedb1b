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
  ...[output, input, gradient]: Parameters<LayerNormGradientOperations['layerNormGradient']>
) {
  const [rows, columns] = given.matrix('input', input).shape
  return { ...given.pulledBack(output, input, gradient), rows, columns }
}
