import source from '../../../../shaders/crossEntropy.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkCrossEntropy } from '../../operations/crossEntropy.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

const shader = new Shader('crossEntropy', source, {
  ...u32('models', 'rows', 'classes', 'keepsGradient'),
  ...read('logits', 'labels'),
  ...written('losses', 'gradient'),
})

export const crossEntropy = operation(checkCrossEntropy, (context, checked) => {
  const { models, rows, classes, logits, labels, losses, gradient } = checked
  context.run(shader, {
    fields: {
      models,
      rows,
      classes,
      keepsGradient: gradient !== undefined,
      logits,
      labels,
      losses,
      gradient: gradient ?? losses,
    },
    // without a gradient something else has to be bound in its place
    buffers: [losses, gradient ?? context.memory.scratch('no gradient', 16), logits, labels],
    invocations: models * rows,
    work: exponentialWork * models * rows * classes,
  })
})
