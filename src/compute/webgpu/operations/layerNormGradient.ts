import source from '../../../../shaders/layerNormGradient.wgsl?raw'
import { u32 } from '../../layout.ts'
import {
  checkLayerNormGradient,
  type LayerNormGradientOperations,
} from '../../operations/layerNormGradient.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { rowLanes } from '../work.ts'

export const layerNormGradientShader = new Shader(
  'layerNormGradient',
  source,
  u32('rows', 'columns', 'inPlace'),
)

export const layerNormGradient = (context: Context): LayerNormGradientOperations => ({
  layerNormGradient(output, input, gradient) {
    const checked = checkLayerNormGradient(context.given('layerNormGradient'), output, input, gradient)
    const { output: to, input: from, gradient: slopes, rows, columns } = checked
    const inPlace = to === slopes
    context.run(layerNormGradientShader, {
      fields: { rows, columns, inPlace },
      // a gradient that is the output may not be bound twice
      buffers: [to, from, inPlace ? from : slopes],
      invocations: rowLanes * rows,
      work: 10 * rows * columns,
    })
  },
})
