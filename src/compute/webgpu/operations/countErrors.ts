import source from '../../../../shaders/countErrors.wgsl?raw'
import { read, u32 } from '../../layout.ts'
import { checkCountErrors } from '../../operations/countErrors.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('countErrors', source, {
  ...u32('rows', 'classes', 'models'),
  ...read('scores', 'labels'),
})

export const countErrors = operation(checkCountErrors, (context, checked) => {
  const { models, rows, classes, errors, scores, labels } = checked
  context.run(shader, {
    fields: checked,
    buffers: [errors, scores, labels],
    workgroups: models,
    work: models * rows * classes,
  })
})
