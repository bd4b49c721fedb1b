import { checkGelu } from '../../operations/gelu.ts'
import { operation } from '../context.ts'

export const gelu = operation(checkGelu, ({ kernels }, { count, output, input }) =>
  kernels.gelu(output.address, input.address, count),
)
