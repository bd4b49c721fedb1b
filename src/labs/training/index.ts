/** The training lab: two language models side by side, and how long one takes to come back from a wrong start. */
import { stateOfTheUnion } from '../../data/textFacts.ts'
import type { Lab, Readout } from '../lab.ts'
import { conflict, parameters } from './parameters.ts'
import type { TrainingMetric } from './run.ts'
import { story } from './story.ts?outline'
import { textFile } from './textChoice.ts'

export const trainingLab: Lab = {
  id: 'training',
  title: 'Training',
  question: 'How long does training need to come back from one wrong line?',
  parameters,
  conflict,
  file: textFile,
  readouts: [
    { metric: 'lnVocab', label: 'ln V', unit: 'nats' },
    { metric: 'loss1', label: 'loss, first model', unit: 'nats' },
    { metric: 'loss2', label: 'loss, second model', unit: 'nats' },
    { metric: 'validationLoss1', label: 'validation, first', unit: 'nats' },
    { metric: 'validationLoss2', label: 'validation, second', unit: 'nats' },
    { metric: 'unigramEntropy', label: 'word frequencies alone', unit: 'nats' },
    { metric: 'logitStd1', label: 'logits’ std, first' },
    { metric: 'logitStd2', label: 'logits’ std, second' },
    { metric: 'alignment1', label: 'ρ, first' },
    { metric: 'alignment2', label: 'ρ, second' },
    { metric: 'wordsPerSecond', label: 'words a second' },
  ] satisfies readonly Readout<TrainingMetric>[],
  credits: ({ text }) => (text === 'stateOfTheUnion' ? stateOfTheUnion.credits : undefined),
  help: [
    'Each step trains both models on the same words of the text, by Adam. Losses on the held-out words and the texts ' +
      'of the models are told with their step. Playing goes on until you pause it, or until a race is over. V is the ' +
      'number of words in the vocabulary.',
  ],
  story,
  loadStory: async () => (await import('./story.ts?rendered')).story,
  loadNotes: async () => (await import('./notes.ts')).notes,
  loadView: () => import('./view.ts'),
}
