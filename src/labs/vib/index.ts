/** The VIB lab: what β buys in the variational information bottleneck. */
import type { Lab } from '../lab.ts'
import { conflict, parameters, presets } from './parameters.ts'
import { story } from './story.ts?outline'

export const vibLab: Lab = {
  id: 'vib',
  title: 'Information bottleneck',
  question: 'What does β buy in the variational information bottleneck?',
  parameters,
  conflict,
  presets,
  readouts: [
    { metric: 'epoch', label: 'epoch' },
    { metric: 'validationError', label: 'validation error' },
    { metric: 'validationErrorMean', label: 'with z = μ' },
    { metric: 'trainError', label: 'training error' },
    { metric: 'rate', label: 'rate', unit: 'nats' },
    { metric: 'distortion', label: 'cross-entropy', unit: 'nats' },
    { metric: 'sigmaMean', label: 'mean σ' },
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
