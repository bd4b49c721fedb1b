import source from '../../../../shaders/layerNorm.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkLayerNorm } from '../../operations/layerNorm.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { rowLanes } from '../work.ts'

const shader = new Shader('layerNorm', source, u32('rows', 'columns', 'inPlace'))

export const layerNorm = operation(checkLayerNorm, (context, checked) => {
  const { output: to, input: from, rows, columns } = checked
  const inPlace = to === from
  context.run(shader, {
    fields: { rows, columns, inPlace },
    buffers: [to, inPlace ? context.memory.scratch('no input', 16) : from],
    invocations: rowLanes * rows,
    work: 5 * rows * columns,
  })
})
