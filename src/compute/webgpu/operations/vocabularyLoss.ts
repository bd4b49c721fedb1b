import source from '../../../../shaders/vocabularyLoss.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkVocabularyLoss, type VocabularyLossOperations } from '../../operations/vocabularyLoss.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'
import { vocabularySlices } from '../vocabularySlices.ts'
import { exponentialWork } from '../work.ts'

export const vocabularyLossShader = new Shader('vocabularyLoss', source, {
  ...u32('models', 'rows', 'words', 'firstWord', 'sliceWords'),
  ...read('labels'),
  ...written('logSumExps', 'losses'),
})

/** Invocations that share a row, and bytes that each keeps. */
const lanes = 16
const laneBytes = 12

export const vocabularyLoss = (context: Context): VocabularyLossOperations => ({
  vocabularyLoss(parameters) {
    const shape = checkVocabularyLoss(context.given('vocabularyLoss'), parameters)
    const { models, rows, words, labels, logSumExps, losses } = shape
    const bytes = models * rows * lanes * laneBytes
    const running = context.memory.scratch('running sums of a vocabulary', bytes)
    const fieldsOf = (firstWord: number, sliceWords: number) => ({
      models,
      rows,
      words,
      labels,
      logSumExps,
      losses,
      firstWord,
      sliceWords,
    })
    for (const { firstWord, words: sliceWords, logits } of vocabularySlices(context, shape))
      context.run(vocabularyLossShader, {
        entryPoint: 'slice',
        fields: fieldsOf(firstWord, sliceWords),
        buffers: [running, logits.tensor, labels.tensor],
        invocations: models * rows * lanes,
        work: exponentialWork * models * rows * sliceWords,
      })
    context.run(vocabularyLossShader, {
      entryPoint: 'join',
      fields: fieldsOf(0, 0),
      buffers: [running, undefined, undefined, logSumExps.tensor, losses.tensor],
      invocations: models * rows,
      work: exponentialWork * models * rows * lanes,
    })
  },
})
