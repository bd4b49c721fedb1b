import type { Arguments } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface GeluGradientOperations {
  /** output = gradient · gelu′(input); output may be `gradient`. */
  geluGradient(output: Tensor, input: Tensor, gradient: Tensor): void
}

export function checkGeluGradient<T extends OwnTensor>(
  given: Arguments<T>,
  output: Tensor,
  input: Tensor,
  gradient: Tensor,
) {
  const from = given.tensor('input', input)
  const slopes = given.alike('gradient', gradient, 'input', from)
  const to = given.alike('output', output, 'input', from)
  given.separate({ name: 'output', tensor: to }, [{ name: 'input', tensor: from }])
  return { output: to, input: from, gradient: slopes }
}
