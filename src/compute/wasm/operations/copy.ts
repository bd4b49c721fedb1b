import { type CopyOperations, checkCopy } from '../../operations/copy.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const copy = (context: Context): CopyOperations => ({
  copy(models, output, input) {
    const { output: to, input: from } = checkCopy(context.given('copy'), models, output, input)
    for (let model = 0; model < models; model++)
      context.kernels.copy(place(to, model), place(from, model), from.rows * from.columns)
  },
})
