import source from '../../../../shaders/countErrors.wgsl?raw'
import { read, u32 } from '../../layout.ts'
import { type CountErrorsOperations, checkCountErrors } from '../../operations/countErrors.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const countErrorsShader = new Shader('countErrors', source, {
  ...u32('rows', 'classes', 'models'),
  ...read('scores', 'labels'),
})

export const countErrors = (context: Context): CountErrorsOperations => ({
  countErrors(models, errors, scores, labels) {
    const checked = checkCountErrors(context.given('countErrors'), models, errors, scores, labels)
    const { scores: from, labels: targets } = checked
    const { rows, columns: classes } = from
    context.run(countErrorsShader, {
      fields: { rows, classes, models, scores: from, labels: targets },
      buffers: [checked.errors, from.tensor, targets.tensor],
      workgroups: models,
      work: models * rows * classes,
    })
  },
})
