import source from '../../../../shaders/clipNorm.wgsl?raw'
import { f32, u32, written } from '../../layout.ts'
import { checkClipNorm } from '../../operations/clipNorm.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('clipNorm', source, {
  ...u32('models', 'count'),
  ...written('values'),
  ...u32('shares'),
  ...f32('limit'),
})

/** Invocations that sum the squares of a model. */
const mostShares = 1024

export const clipNorm = operation(checkClipNorm, (context, checked) => {
  const { models, count, values, norms, limit } = checked
  const shares = Math.min(mostShares, Math.ceil(count / 16))
  const sums = context.memory.scratch('sums of squares', 16 * models * shares)
  const fields = { models, count, values, shares, limit }
  context.run(shader, {
    entryPoint: 'sum',
    fields,
    buffers: [values, undefined, sums],
    invocations: models * shares,
    work: 4 * models * count,
  })
  context.run(shader, {
    entryPoint: 'join',
    fields,
    buffers: [undefined, norms, sums],
    invocations: models,
    work: models * shares,
  })
  if (limit < Infinity)
    context.run(shader, {
      entryPoint: 'scale',
      fields,
      buffers: [values, norms],
      invocations: models * count,
      work: 4 * models * count,
    })
})
