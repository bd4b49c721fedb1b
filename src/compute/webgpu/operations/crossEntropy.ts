import source from '../../../../shaders/crossEntropy.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { type CrossEntropyOperations, checkCrossEntropy } from '../../operations/crossEntropy.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

export const crossEntropyShader = new Shader('crossEntropy', source, {
  ...u32('models', 'rows', 'classes', 'keepsGradient'),
  ...read('logits', 'labels'),
  ...written('losses', 'gradient'),
})

export const crossEntropy = (context: Context): CrossEntropyOperations => ({
  crossEntropy(parameters) {
    const checked = checkCrossEntropy(context.given('crossEntropy'), parameters)
    const { models, logits, labels, losses, gradient } = checked
    const { rows, columns: classes } = logits
    context.run(crossEntropyShader, {
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
      buffers: [
        losses.tensor,
        gradient?.tensor ?? context.memory.scratch('no gradient', 16),
        ...[logits.tensor, labels.tensor],
      ],
      invocations: models * rows,
      work: exponentialWork * models * rows * classes,
    })
  },
})
