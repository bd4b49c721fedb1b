import source from '../../../../shaders/addSoftmax.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkAddSoftmax } from '../../operations/addSoftmax.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

const shader = new Shader('addSoftmax', source, {
  ...u32('models', 'rows', 'classes'),
  ...written('probabilities'),
  ...read('logits'),
})

export const addSoftmax = operation(checkAddSoftmax, (context, checked) => {
  const { models, rows, classes, probabilities, logits } = checked
  context.run(shader, {
    fields: checked,
    buffers: [probabilities, logits],
    invocations: models * rows,
    work: exponentialWork * models * rows * classes,
  })
})
