import type { Arguments } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface GeluOperations {
  /** x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel 2016), of every entry. */
  gelu(output: Tensor, input: Tensor): void
}

export function checkGelu<T extends OwnTensor>(given: Arguments<T>, output: Tensor, input: Tensor) {
  const from = given.tensor('input', input)
  const to = given.alike('output', output, 'input', from)
  given.separate({ name: 'output', tensor: to }, [{ name: 'input', tensor: from }])
  return { count: from.length, output: to, input: from }
}
