import source from '../../../../shaders/addSoftmax.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { type AddSoftmaxOperations, checkAddSoftmax } from '../../operations/addSoftmax.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

export const addSoftmaxShader = new Shader('addSoftmax', source, {
  ...u32('models', 'rows', 'classes'),
  ...written('probabilities'),
  ...read('logits'),
})

export const addSoftmax = (context: Context): AddSoftmaxOperations => ({
  addSoftmax(models, probabilities, logits) {
    const checked = checkAddSoftmax(context.given('addSoftmax'), models, probabilities, logits)
    const { probabilities: to, logits: from } = checked
    const { rows, columns: classes } = from
    context.run(addSoftmaxShader, {
      fields: { models, rows, classes, probabilities: to, logits: from },
      buffers: [to.tensor, from.tensor],
      invocations: models * rows,
      work: exponentialWork * models * rows * classes,
    })
  },
})
