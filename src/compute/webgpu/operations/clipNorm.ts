import source from '../../../../shaders/clipNorm.wgsl?raw'
import { f32, u32, written } from '../../layout.ts'
import { type ClipNormOperations, checkClipNorm } from '../../operations/clipNorm.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const clipNormShader = new Shader('clipNorm', source, {
  ...u32('models', 'count'),
  ...written('values'),
  ...u32('shares'),
  ...f32('limit'),
})

/** Invocations that sum the squares of a model. */
const mostShares = 1024

export const clipNorm = (context: Context): ClipNormOperations => ({
  clipNorm(models, values, norms, limit) {
    const checked = checkClipNorm(context.given('clipNorm'), models, values, norms, limit)
    const { values: clipped, norms: to } = checked
    const { tensor } = clipped
    const count = clipped.rows * clipped.columns
    const shares = Math.min(mostShares, Math.ceil(count / 16))
    const sums = context.memory.scratch('sums of squares', 16 * models * shares)
    const fields = { models, count, values: clipped, shares, limit }
    context.run(clipNormShader, {
      entryPoint: 'sum',
      fields,
      buffers: [tensor, undefined, sums],
      invocations: models * shares,
      work: 4 * models * count,
    })
    context.run(clipNormShader, {
      entryPoint: 'join',
      fields,
      buffers: [undefined, to, sums],
      invocations: models,
      work: models * shares,
    })
    if (limit < Infinity)
      context.run(clipNormShader, {
        entryPoint: 'scale',
        fields,
        buffers: [tensor, to],
        invocations: models * count,
        work: 4 * models * count,
      })
  },
})
