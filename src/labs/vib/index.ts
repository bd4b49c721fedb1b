/** The VIB lab: the effect of β in the variational information bottleneck. */
import type { MetricValue } from '../experiment.ts'
import type { Lab, Readout } from '../lab.ts'
import { conflict, parameters, presets, shownModel, typed } from './parameters.ts'
import type { VibMetric } from './run.ts'
import { story } from './story.ts?outline'

/** Values of one or three models; in a sweep the value of the shown model. */
const ofShown: NonNullable<Readout['read']> = (value, values) => {
  if (!Array.isArray(value)) return value
  return values.mode === 'sweep' ? value[shownModel(typed(values))] : value
}
const percent = (value: MetricValue): MetricValue => {
  if (Array.isArray(value)) return value.map(percent)
  return typeof value === 'number' ? 100 * value : value
}
const share: Pick<Readout, 'unit' | 'decimals' | 'read'> = {
  unit: '%',
  decimals: 2,
  read: (value, values) => percent(ofShown(value, values)),
}
const nats: Pick<Readout, 'unit' | 'read'> = { unit: 'nats', read: ofShown }

export const vibLab: Lab = {
  id: 'vib',
  title: 'Information bottleneck',
  question: 'What does β buy in the variational information bottleneck?',
  parameters,
  conflict,
  presets,
  readouts: [
    { metric: 'epoch', label: 'epoch' },
    { metric: 'betas', label: 'β', read: ofShown },
    { metric: 'validationError', label: 'validation error', ...share },
    { metric: 'validationErrorMean', label: 'with z = μ', ...share },
    { metric: 'validationErrorOneSample', label: 'with one sample', ...share },
    { metric: 'trainError', label: 'training error', ...share },
    { metric: 'rate', label: 'rate', ...nats },
    { metric: 'distortion', label: 'cross-entropy', ...nats },
    { metric: 'sigmaMean', label: 'mean σ', read: ofShown },
    { metric: 'gradientEncoderTask', label: 'encoder’s gradient, task' },
    { metric: 'gradientEncoderRate', label: 'encoder’s gradient, rate' },
    { metric: 'gradientDecoderTask', label: 'decoder’s gradient, task' },
    { metric: 'gradientDecoderRate', label: 'decoder’s gradient, rate' },
    { metric: 'imagesPerSecond', label: 'images a second' },
  ] satisfies readonly Readout<VibMetric>[],
  credits: () =>
    'Images: MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, CC BY-SA 3.0 as commonly stated.',
  help: [
    'Each step trains every model on one batch of images, by Adam. An epoch is one pass over the training images. Playing ' +
      'ends after the number of epochs in the panel. After a change of β the models train for the same number again.',
    'β is the price of a nat of rate. The rate is KL(p(z|x) ‖ N(0, I)): the mean cost of the code of an image. z has K ' +
      'dimensions, and N(0, I) is its prior. The encoder turns an image into μ and σ.',
    'Errors come from the latest evaluation. It takes 2,500 of the 10,000 validation images while training goes on, and all ' +
      'of them in a pause and at the end. Predictions are averaged over samples of z.',
  ],
  story,
  loadStory: async () => (await import('./story.ts?rendered')).story,
  loadNotes: async () => (await import('./notes.ts')).notes,
  loadView: () => import('./view.ts'),
}
