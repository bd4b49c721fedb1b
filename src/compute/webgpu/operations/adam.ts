import source from '../../../../shaders/adam.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import { type AdamOperations, checkAdam } from '../../operations/adam.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const adamShader = new Shader('adam', source, {
  ...u32('models', 'count'),
  ...f32('rate', 'rootFactor'),
})

/** Roughly the multiply-adds that the update of one parameter takes. */
const updateWork = 12

export const adam = (context: Context): AdamOperations => ({
  adam(parameters) {
    const checked = checkAdam(context.given('adam'), parameters)
    const { models, count, rate, rootFactor } = checked
    context.run(adamShader, {
      fields: { models, count, rate, rootFactor },
      buffers: [
        ...[checked.parameters, checked.firstMoments, checked.secondMoments],
        ...[checked.gradients, checked.alive],
      ],
      invocations: models * count,
      work: updateWork * models * count,
    })
  },
})
