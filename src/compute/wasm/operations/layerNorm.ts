import { checkLayerNorm } from '../../operations/layerNorm.ts'
import { operation } from '../context.ts'

export const layerNorm = operation(checkLayerNorm, ({ kernels }, { output, input, rows, columns }) =>
  kernels.layerNorm(output.address, input.address, rows, columns),
)
