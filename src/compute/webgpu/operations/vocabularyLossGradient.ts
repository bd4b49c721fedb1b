import source from '../../../../shaders/vocabularyLossGradient.wgsl?raw'
import { read, u32 } from '../../layout.ts'
import { checkVocabularyLossGradient } from '../../operations/vocabularyLossGradient.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { rowsOf, vocabularySlices } from '../vocabularySlices.ts'
import { exponentialWork } from '../work.ts'
import { multiply } from './modelProduct.ts'

const shader = new Shader('vocabularyLossGradient', source, {
  ...u32('models', 'rows', 'words', 'firstWord', 'sliceWords'),
  ...read('labels', 'logSumExps'),
})

/** Invocations that share a row. */
const lanes = 64

export const vocabularyLossGradient = operation(checkVocabularyLossGradient, (context, shape) => {
  const { models, rows, words, hidden, labels, logSumExps, hiddenGradient, tableGradient } = shape
  for (const slice of vocabularySlices(context, shape)) {
    const { firstWord, words: sliceWords, logits: slopes, table } = slice
    context.run(shader, {
      fields: { models, rows, words, firstWord, sliceWords, labels, logSumExps },
      buffers: [slopes, labels, logSumExps],
      invocations: models * rows * lanes,
      work: exponentialWork * models * rows * sliceWords,
    })
    multiply(context, {
      models,
      output: hiddenGradient,
      left: slopes,
      right: table,
      accumulate: firstWord > 0,
    })
    const output = rowsOf(tableGradient, firstWord, sliceWords)
    multiply(context, { models, output, left: slopes, transposeLeft: true, right: hidden })
  }
})
