import source from '../../../../shaders/layerNorm.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkLayerNorm, type LayerNormOperations } from '../../operations/layerNorm.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { rowLanes } from '../work.ts'

export const layerNormShader = new Shader('layerNorm', source, u32('rows', 'columns', 'inPlace'))

export const layerNorm = (context: Context): LayerNormOperations => ({
  layerNorm(output, input) {
    const {
      output: to,
      input: from,
      rows,
      columns,
    } = checkLayerNorm(context.given('layerNorm'), output, input)
    const inPlace = to === from
    context.run(layerNormShader, {
      fields: { rows, columns, inPlace },
      buffers: [to, inPlace ? context.memory.scratch('no input', 16) : from],
      invocations: rowLanes * rows,
      work: 5 * rows * columns,
    })
  },
})
