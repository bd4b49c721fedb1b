import type { Arguments } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface GeluGradientOperations {
  /** output = gradient · gelu′(input); output may be `gradient`. */
  geluGradient(output: Tensor, input: Tensor, gradient: Tensor): void
}

export function checkGeluGradient<T extends OwnTensor>(
  given: Arguments<T>,
  ...[output, input, gradient]: Parameters<GeluGradientOperations['geluGradient']>
) {
  const checked = given.pulledBack(output, input, gradient)
  return { ...checked, count: checked.input.length }
}
