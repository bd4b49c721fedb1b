/** The VIB lab: what β buys in the variational information bottleneck. */
import type { Lab, Readout } from '../lab.ts'
import { conflict, parameters, presets, shownModel, typed } from './parameters.ts'
import { story } from './story.ts?outline'

/** All of two or three models' numbers, of a sweep's the shown model's. */
const told =
  (factor = 1): Readout['read'] =>
  (value, values) => {
    if (!Array.isArray(value)) return value
    const scaled = value.map((one) => (typeof one === 'number' ? factor * one : one))
    return values.mode === 'sweep' ? scaled[shownModel(typed(values))] : scaled
  }
const share = { unit: '%', read: told(100) }
const nats = { unit: 'nats', read: told() }

export const vibLab: Lab = {
  id: 'vib',
  title: 'Information bottleneck',
  question: 'What does β buy in the variational information bottleneck?',
  parameters,
  conflict,
  presets,
  readouts: [
    { metric: 'epoch', label: 'epoch' },
    { metric: 'betas', label: 'β', read: told() },
    { metric: 'validationError', label: 'validation error', ...share },
    { metric: 'validationErrorMean', label: 'with z = μ', ...share },
    { metric: 'validationErrorOneSample', label: 'with one sample', ...share },
    { metric: 'trainError', label: 'training error', ...share },
    { metric: 'rate', label: 'rate', ...nats },
    { metric: 'distortion', label: 'cross-entropy', ...nats },
    { metric: 'sigmaMean', label: 'mean σ', read: told() },
    { metric: 'gradientEncoderTask', label: 'encoder’s gradient, task' },
    { metric: 'gradientEncoderRate', label: 'encoder’s gradient, rate' },
    { metric: 'gradientDecoderTask', label: 'decoder’s gradient, task' },
    { metric: 'gradientDecoderRate', label: 'decoder’s gradient, rate' },
    { metric: 'imagesPerSecond', label: 'images a second' },
  ],
  credits:
    'Images: MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, CC BY-SA 3.0 as commonly stated.',
  story,
  loadStory: async () => (await import('./story.ts?rendered')).story,
  createView: async (stage, actions) => (await import('./view.ts')).createView(stage, actions),
}
