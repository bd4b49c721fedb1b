import { checkWeightedSum, type WeightedSumOperations } from '../../operations/weightedSum.ts'
import type { Context } from '../context.ts'

export const weightedSum = (context: Context): WeightedSumOperations => ({
  weightedSum(output, first, firstScale, second, secondScale) {
    const checked = checkWeightedSum(context.given('weightedSum'), output, first, second)
    const { output: to, first: a, second: b } = checked
    context.kernels.weightedSum(to.address, a.address, firstScale, b.address, secondScale, to.length)
  },
})
