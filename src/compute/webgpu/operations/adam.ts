import source from '../../../../shaders/adam.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import { checkAdam } from '../../operations/adam.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('adam', source, {
  ...u32('models', 'count'),
  ...f32('decay1', 'share1', 'rate', 'rootFactor'),
})

/** Roughly the multiply-adds that the update of one parameter takes. */
const updateWork = 12

export const adam = operation(checkAdam, (context, checked) => {
  const { models, count } = checked
  context.run(shader, {
    fields: checked,
    buffers: [
      ...[checked.parameters, checked.firstMoments, checked.secondMoments],
      ...[checked.gradients, checked.alive],
    ],
    invocations: models * count,
    work: updateWork * models * count,
  })
})
