import source from '../../../../shaders/markFinite.wgsl?raw'
import { read, u32 } from '../../layout.ts'
import { checkMarkFinite } from '../../operations/markFinite.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('markFinite', source, {
  ...u32('models', 'count', 'width'),
  ...read('values'),
})

/** Numbers that an invocation looks at. */
const numbersAtOnce = 16

export const markFinite = operation(checkMarkFinite, (context, checked) => {
  const { models, count, alive, values } = checked
  const width = Math.ceil(count / numbersAtOnce)
  context.run(shader, {
    fields: { models, count, width, values },
    buffers: [alive, values],
    invocations: models * width,
    work: models * count,
  })
})
