import source from '../../../../shaders/gelu.wgsl?raw'
import { u32 } from '../../layout.ts'
import { checkGelu, type GeluOperations } from '../../operations/gelu.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { geluWork } from '../work.ts'

export const geluShader = new Shader('gelu', source, u32('count'))

export const gelu = (context: Context): GeluOperations => ({
  gelu(output, input) {
    const { output: to, input: from } = checkGelu(context.given('gelu'), output, input)
    const count = from.length
    context.run(geluShader, {
      fields: { count },
      buffers: [to, from],
      invocations: count,
      work: geluWork * count,
    })
  },
})
