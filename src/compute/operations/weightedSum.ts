import type { Arguments } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface WeightedSumOperations {
  /** output = first · firstScale + second · secondScale, all of one shape (output may be either input). */
  weightedSum(output: Tensor, first: Tensor, firstScale: number, second: Tensor, secondScale: number): void
}

export function checkWeightedSum<T extends OwnTensor>(
  given: Arguments<T>,
  ...[output, first, firstScale, second, secondScale]: Parameters<WeightedSumOperations['weightedSum']>
) {
  const to = given.tensor('output', output)
  return {
    output: to,
    first: given.alike('first', first, 'output', to),
    firstScale,
    second: given.alike('second', second, 'output', to),
    secondScale,
  }
}
