import { checkLayerNormGradient } from '../../operations/layerNormGradient.ts'
import { operation } from '../context.ts'

export const layerNormGradient = operation(
  checkLayerNormGradient,
  ({ kernels }, { output, input, gradient, rows, columns }) =>
    kernels.layerNormGradient(output.address, input.address, gradient.address, rows, columns),
)
