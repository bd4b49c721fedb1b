import source from '../../../../shaders/geluGradient.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkGeluGradient, type GeluGradientOperations } from '../../operations/geluGradient.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { geluWork } from '../work.ts'

export const geluGradientShader = new Shader('geluGradient', source, u32('count', 'inPlace'))

export const geluGradient = (context: Context): GeluGradientOperations => ({
  geluGradient(output, input, gradient) {
    const checked = checkGeluGradient(context.given('geluGradient'), output, input, gradient)
    const { output: to, input: from, gradient: slopes } = checked
    const count = from.length
    const inPlace = to === slopes
    context.run(geluGradientShader, {
      fields: { count, inPlace },
      // a gradient that is the output may not be bound twice
      buffers: [to, from, inPlace ? from : slopes],
      invocations: count,
      work: geluWork * count,
    })
  },
})
