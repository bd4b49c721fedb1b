import source from '../../../../shaders/vocabularyLoss.wgsl?raw'
import { read, u32, written } from '../../layout.ts'
import { checkVocabularyLoss } from '../../operations/vocabularyLoss.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'
import { vocabularySlices } from '../vocabularySlices.ts'
import { exponentialWork } from '../work.ts'

const shader = new Shader('vocabularyLoss', source, {
  ...u32('models', 'rows', 'words', 'firstWord', 'sliceWords'),
  ...read('labels'),
  ...written('logSumExps', 'losses'),
})

/** Invocations that share a row, and bytes that each keeps. */
const lanes = 16
const laneBytes = 12

export const vocabularyLoss = operation(checkVocabularyLoss, (context, shape) => {
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
    context.run(shader, {
      entryPoint: 'slice',
      fields: fieldsOf(firstWord, sliceWords),
      buffers: [running, logits, labels],
      invocations: models * rows * lanes,
      work: exponentialWork * models * rows * sliceWords,
    })
  context.run(shader, {
    entryPoint: 'join',
    fields: fieldsOf(0, 0),
    buffers: [running, undefined, undefined, logSumExps, losses],
    invocations: models * rows,
    work: exponentialWork * models * rows * lanes,
  })
})
