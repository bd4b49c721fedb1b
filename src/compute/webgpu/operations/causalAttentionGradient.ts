import source from '../../../../shaders/causalAttentionGradient.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkCausalAttentionGradient } from '../../operations/causalAttentionGradient.ts'
import { attentionProduct, headsOf, projections, transposed, weightsOf } from '../attentionProduct.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('causalAttentionGradient', source, {
  ...u32('models', 'rows', 'context'),
  ...written('slopes'),
  ...read('probabilities'),
})

export const causalAttentionGradient = operation(checkCausalAttentionGradient, (context, shape) => {
  const { models, probabilities, scoreGradients, width, context: words } = shape
  const { rows } = probabilities
  const [queries, keys, values] = projections(shape, shape.projected)
  const [toQueries, toKeys, toValues] = projections(shape, shape.projectedGradient)
  const slopes = headsOf(shape, shape.outputGradient)
  const weights = weightsOf(shape, probabilities)
  const scores = weightsOf(shape, scoreGradients)
  attentionProduct(context, shape, {
    output: scores,
    left: slopes,
    right: transposed(values),
    inner: width,
    columns: words,
    reach: 'entries',
    scale: 1,
  })
  context.run(shader, {
    fields: { models, rows, context: words, slopes: scoreGradients, probabilities },
    buffers: [scoreGradients, probabilities],
    invocations: models * rows,
    work: 4 * models * rows * words,
  })
  const sums = { inner: words, columns: width }
  const scale = 1 / Math.sqrt(width)
  attentionProduct(context, shape, {
    ...sums,
    output: toQueries,
    left: scores,
    right: keys,
    reach: 'sumsUpTo',
    scale,
  })
  attentionProduct(context, shape, {
    ...sums,
    output: toKeys,
    left: transposed(scores),
    right: queries,
    reach: 'sumsFrom',
    scale,
  })
  attentionProduct(context, shape, {
    ...sums,
    output: toValues,
    left: transposed(weights),
    right: slopes,
    reach: 'sumsFrom',
    scale: 1,
  })
})
