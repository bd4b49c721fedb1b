import type { Arguments } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface LayerNormOperations {
  /** Every row to mean 0 and variance 1 (no gain, ε = 1e-5 as usual): [rows, columns] → same shape, may be in place. */
  layerNorm(output: Tensor, input: Tensor): void
}

export function checkLayerNorm<T extends OwnTensor>(given: Arguments<T>, output: Tensor, input: Tensor) {
  const from = given.matrix('input', input)
  const to = given.alike('output', output, 'input', from)
  const [rows, columns] = from.shape
  return { output: to, input: from, rows, columns }
}
