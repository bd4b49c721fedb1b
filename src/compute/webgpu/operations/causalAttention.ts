import source from '../../../../shaders/causalAttention.wgsl?raw'
import { u32, written } from '../../layout.ts'
import { checkCausalAttention } from '../../operations/causalAttention.ts'
import { attentionProduct, headsOf, projections, transposed, weightsOf } from '../attentionProduct.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { exponentialWork } from '../work.ts'

const shader = new Shader('causalAttention', source, {
  ...u32('models', 'rows', 'context'),
  ...written('scores'),
})

export const causalAttention = operation(checkCausalAttention, (context, shape) => {
  const { models, probabilities, output, width, context: words } = shape
  const { rows } = probabilities
  const [queries, keys, values] = projections(shape, shape.projected)
  const weights = weightsOf(shape, probabilities)
  attentionProduct(context, shape, {
    output: weights,
    left: queries,
    right: transposed(keys),
    inner: width,
    columns: words,
    reach: 'entries',
    scale: 1 / Math.sqrt(width),
  })
  context.run(shader, {
    fields: { models, rows, context: words, scores: probabilities },
    buffers: [probabilities],
    invocations: models * rows,
    work: exponentialWork * models * rows * words,
  })
  attentionProduct(context, shape, {
    output: headsOf(shape, output),
    left: weights,
    right: values,
    inner: words,
    columns: width,
    reach: 'sumsUpTo',
    scale: 1,
  })
})
