import { checkGeluGradient } from '../../operations/geluGradient.ts'
import { operation } from '../context.ts'

export const geluGradient = operation(checkGeluGradient, ({ kernels }, { count, output, input, gradient }) =>
  kernels.geluGradient(output.address, input.address, gradient.address, count),
)
