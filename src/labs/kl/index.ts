/** The KL lab: how a Gaussian fits a mixture by forward and by reverse KL, and when KL is infinite. */
import type { Lab, Readout } from '../lab.ts'
import type { LineMetric } from './lineFamily.ts'
import { conflict, parameters } from './parameters.ts'
import type { PlaneMetric } from './planeFamily.ts'
import { story } from './story.ts?outline'
import type { UniformMetric } from './uniformExperiment.ts'

export const klLab: Lab = {
  id: 'kl',
  title: 'KL divergence',
  question: 'Why does forward KL cover, why does reverse KL seek, and when is it infinite?',
  parameters,
  conflict,
  still: ({ family }) => family === 'uniform',
  // slow enough to watch: at full speed a descent would end at once
  speed: 30,
  readouts: [
    { metric: 'forwardKl', label: 'forward KL', unit: 'nats' },
    { metric: 'reverseKl', label: 'reverse KL', unit: 'nats' },
    { metric: 'forwardMu', label: 'forward μ' },
    { metric: 'forwardSigma', label: 'forward σ' },
    { metric: 'reverseMu', label: 'reverse μ' },
    { metric: 'reverseSigma', label: 'reverse σ' },
    { metric: 'forwardReverseKl', label: 'KL(Q‖P) at the forward fit', unit: 'nats' },
    { metric: 'reverseForwardKl', label: 'KL(P‖Q) at the reverse fit', unit: 'nats' },
    { metric: 'momentMu', label: 'moment match μ' },
    { metric: 'momentSigma', label: 'moment match σ' },
    { metric: 'thirdValue', label: 'third objective' },
    { metric: 'thirdMu', label: 'third μ' },
    { metric: 'thirdSigma', label: 'third σ' },
    { metric: 'forwardMean', label: 'forward mean' },
    { metric: 'forwardCovariance', label: 'forward covariance' },
    { metric: 'reverseMean', label: 'reverse mean' },
    { metric: 'reverseCovariance', label: 'reverse covariance' },
    { metric: 'surrogateForwardKl', label: 'surrogate forward', unit: 'nats' },
    { metric: 'surrogateReverseKl', label: 'surrogate reverse', unit: 'nats' },
    { metric: 'quadraturePoints', label: 'quadrature points' },
  ] satisfies readonly Readout<LineMetric | PlaneMetric | UniformMetric>[],
  help: [
    'P is the mixture, Q the Gaussian that is fitted. Each step moves the fits, and every start, one step down the ' +
      'gradient of their divergence: forward KL is KL(P‖Q), a mean over P; reverse KL is KL(Q‖P), a mean over Q. It is ' +
      'infinite when the distribution of the mean has mass where the other density is 0.',
  ],
  story,
  loadStory: async () => (await import('./story.ts?rendered')).story,
  loadNotes: async () => (await import('./notes.ts')).notes,
  loadView: () => import('./view.ts'),
}
