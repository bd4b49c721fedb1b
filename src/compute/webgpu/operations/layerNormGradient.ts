import source from '../../../../shaders/layerNormGradient.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkLayerNormGradient } from '../../operations/layerNormGradient.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { rowLanes } from '../work.ts'

const shader = new Shader('layerNormGradient', source, u32('rows', 'columns', 'inPlace'))

export const layerNormGradient = operation(checkLayerNormGradient, (context, checked) => {
  const { output, input, gradient, rows, columns } = checked
  const inPlace = output === gradient
  context.run(shader, {
    fields: { rows, columns, inPlace },
    // a gradient that is the output may not be bound twice
    buffers: [output, input, inPlace ? input : gradient],
    invocations: rowLanes * rows,
    work: 10 * rows * columns,
  })
})
