/** The init lab: why one wrong embedding std ruins a language model's first loss. */
import type { Lab, Readout } from '../lab.ts'
import { textFile } from '../training/textChoice.ts'
import type { InitMetric } from './experiment.ts'
import { parameters } from './parameters.ts'
import { story } from './story.ts?outline'

export const initLab: Lab = {
  id: 'init',
  title: 'Initialisation',
  question: 'Why does one wrong line start a language model at a loss of 96 instead of 11?',
  parameters,
  goesOn: { lab: 'training', keeps: ['std', 'seed', 'text', 'learningRate'] },
  file: textFile,
  readouts: [
    { metric: 'loss', label: 'first loss', unit: 'nats', error: 'lossStandardError' },
    { metric: 'lossPredicted', label: 'predicted', unit: 'nats' },
    { metric: 'lnVocab', label: 'ln V', unit: 'nats' },
    {
      metric: 'comparisonLoss',
      label: 'first loss, other scheme',
      unit: 'nats',
      error: 'comparisonLossStandardError',
    },
    { metric: 'comparisonLossPredicted', label: 'predicted', unit: 'nats' },
    { metric: 'logitStd', label: 'logits’ std', error: 'logitStdStandardError' },
    { metric: 'logitStdPredicted', label: 'std · √d' },
    { metric: 'entropy', label: 'softmax entropy', unit: 'nats', error: 'entropyStandardError' },
    { metric: 'entropyPredicted', label: 'predicted', unit: 'nats' },
    {
      metric: 'maxProbability',
      label: 'largest probability',
      unit: '%',
      error: 'maxProbabilityStandardError',
      read: (share) => 100 * Number(share),
    },
    { metric: 'sumSquaredProbability', label: 'Σ p²', error: 'sumSquaredProbabilityStandardError' },
    { metric: 'sumSquaredProbabilityPredicted', label: 'predicted' },
    { metric: 'ownLogit', label: 'input word’s logit', error: 'ownLogitStandardError' },
    { metric: 'ownLogitPredicted', label: 'predicted' },
    { metric: 'tokensMeasured', label: 'tokens measured' },
  ] satisfies readonly Readout<InitMetric>[],
  // the user should see the mean settle, and be able to look back: at full speed the run would end at once
  speed: 10,
  help: [
    'Each step of a run measures one more batch of tokens. The numbers are means over all batches so far. Playing ends ' +
      'after 32 batches. Then the standard error of a mean is about a sixth (1/√32) of the error of one batch.',
    'Σ p² tells how the probability is spread: 1 means all on one word, 1/V means evenly over the V words.',
  ],
  story,
  loadStory: async () => (await import('./story.ts?rendered')).story,
  loadNotes: async () => (await import('./notes.ts')).notes,
  loadView: () => import('./view.ts'),
}
