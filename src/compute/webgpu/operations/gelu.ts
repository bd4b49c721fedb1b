import source from '../../../../shaders/gelu.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkGelu } from '../../operations/gelu.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { geluWork } from '../work.ts'

const shader = new Shader('gelu', source, u32('count'))

export const gelu = operation(checkGelu, (context, checked) => {
  const { count, output, input } = checked
  context.run(shader, {
    fields: checked,
    buffers: [output, input],
    invocations: count,
    work: geluWork * count,
  })
})
