import { checkWeightedSum } from '../../operations/weightedSum.ts'
import { operation } from '../context.ts'

export const weightedSum = operation(checkWeightedSum, ({ kernels }, checked) => {
  const { output, first, firstScale, second, secondScale } = checked
  kernels.weightedSum(output.address, first.address, firstScale, second.address, secondScale, output.length)
})
