import source from '../../../../shaders/markFinite.wgsl?raw'
import { read, u32 } from '../../layout.ts'
import { checkMarkFinite, type MarkFiniteOperations } from '../../operations/markFinite.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const markFiniteShader = new Shader('markFinite', source, {
  ...u32('models', 'count', 'width'),
  ...read('values'),
})

/** Numbers that an invocation looks at. */
const numbersAtOnce = 16

export const markFinite = (context: Context): MarkFiniteOperations => ({
  markFinite(models, alive, values) {
    const checked = checkMarkFinite(context.given('markFinite'), models, alive, values)
    const { rows, columns, tensor } = checked.values
    const count = rows * columns
    const width = Math.ceil(count / numbersAtOnce)
    context.run(markFiniteShader, {
      fields: { models, count, width, values: checked.values },
      buffers: [checked.alive, tensor],
      invocations: models * width,
      work: models * count,
    })
  },
})
