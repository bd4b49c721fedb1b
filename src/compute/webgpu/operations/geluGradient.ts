import source from '../../../../shaders/geluGradient.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkGeluGradient } from '../../operations/geluGradient.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { geluWork } from '../work.ts'

const shader = new Shader('geluGradient', source, u32('count', 'inPlace'))

export const geluGradient = operation(checkGeluGradient, (context, checked) => {
  const { count, output, input, gradient } = checked
  const inPlace = output === gradient
  context.run(shader, {
    fields: { count, inPlace },
    // a gradient that is the output may not be bound twice
    buffers: [output, input, inPlace ? input : gradient],
    invocations: count,
    work: geluWork * count,
  })
})
