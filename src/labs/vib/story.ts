/** The steps a lecturer takes through the VIB lab. */
import type { StoryStep } from '../story.ts'
import type { VibValues } from './parameters.ts'
import type { VibMetric } from './run.ts'
import { orderNumber, pictureOrders } from './theory.ts'

const one = { preset: 'embedding', mode: 'one', beta: 1e-3 } as const satisfies Partial<VibValues>
const three = {
  preset: 'embedding',
  mode: 'three',
  beta1: 1e-6,
  beta2: 1e-3,
  beta3: 100,
} as const satisfies Partial<VibValues>

const pictureBetas = ['10^{-6}', '10^{-3}', '10^{2}']
const pictureReason =
  'When training has ended, the axes at $10^{-3}$ reach 10 to 15 from the middle and $\\sigma$ is one or two tenths: small clouds, most of them apart. At $10^{-6}$ they reach several times as far and $\\sigma$ is a few thousandths: points, not clouds. At $10^{2}$ every image is the prior: $\\mu$ near 0, $\\sigma$ near 1.'

/** Metrics that would tell which model is best. */
const errors = [
  'validationError',
  'validationErrorMean',
  'validationErrorOneSample',
  'trainError',
  'distortion',
] as const

/** The norms that the third step asks for; the two steps before it hide them, too. */
const gradients = [
  'gradientEncoderTask',
  'gradientEncoderRate',
  'gradientDecoderTask',
  'gradientDecoderRate',
] as const

export const story: readonly StoryStep<VibValues, VibMetric>[] = [
  {
    title: 'A code that costs',
    caption:
      'An encoder turns each digit $x$ into a cloud $p(z|x)=\\mathcal N(\\mu(x),\\operatorname{diag}\\sigma^2(x))$ in the plane. A decoder reads the digit $y$ back from [a sample $z$](curve:z). [The loss](curve:total) is [$\\mathbb E[-\\ln q(y|z)]$](curve:task) $+$ [$\\beta\\,\\mathrm{KL}(p(z|x)\\Vert\\mathcal N(0,I))$](curve:rate). The KL is the **rate**: the cost of the code in *nats* (1 nat is 1.44 bits), and each nat costs β. The models train now, in this page, on real digits (MNIST). Drag **β**: training goes on with the new value.',
    patch: { ...one },
    panels: ['latent', 'losses'],
    sliders: ['beta'],
    switches: { hidden: true, sharedAxes: false, regions: true, samples: true, ellipses: false },
    uncovers: { hidden: false },
    hides: gradients,
  },
  {
    title: 'Part a: draw the block diagram',
    caption:
      'How can a gradient pass a *random* code? The **reparameterisation** writes the sample as [$Z$](curve:z) $=$ [$\\mu$](curve:mu) $+$ [$\\sigma$](curve:sigma) $\\cdot$ [$V$](curve:noise). The noise $V\\sim\\mathcal N(0,I)$ is an input of its own, so $Z$ has derivatives with respect to μ and σ. [The dashed arrows](curve:gradient) are the gradient of [the task loss](curve:task) on its way back. Switch **with the trick** off: $Z$ is drawn directly, and this gradient does not reach the encoder.',
    patch: { ...one },
    panels: ['diagram'],
    sliders: ['image', 'beta'],
    switches: { hidden: true, trick: true, gradient: true },
    uncovers: { hidden: false },
    hides: gradients,
  },
  {
    title: 'Part b: which loss reaches which parameters?',
    caption:
      'There are [two losses](curve:loss) and [two networks](curve:network). Follow the arrows forward, from a network to a loss. Tick each pair where the network learns from the loss, then check. The answer draws the gradients, and the table shows their norms: each is measured by its own backward pass on the current batch.',
    patch: { ...one },
    panels: ['diagram'],
    sliders: ['beta'],
    switches: { hidden: true, trick: true, gradient: false },
    uncovers: { hidden: false, gradient: true },
    hides: gradients,
    veils: ['gradients'],
    holds: 'start',
    question: {
      text: 'Which of these gradients are not zero?',
      several: true,
      answers: [
        {
          text: 'task loss → encoder',
          right: true,
          reason: 'The gradient of the task reaches the encoder through Z = μ + σ·V.',
        },
        {
          text: 'task loss → decoder',
          right: true,
          reason: 'The decoder learns from the task, as any classifier.',
        },
        {
          text: 'β · rate → encoder',
          right: true,
          reason: 'The rate is a function of μ and σ, which the encoder makes.',
        },
        {
          text: 'β · rate → decoder',
          reason: 'The decoder is no part of the rate: the gradient is exactly 0, as the table computes.',
        },
      ],
    },
  },
  {
    title: 'The four norms',
    caption:
      '[Encoder](curve:encoder): **{{gradientEncoderTask}}** from [the task](curve:task), **{{gradientEncoderRate}}** from [β · rate](curve:rate). [Decoder](curve:decoder): **{{gradientDecoderTask}}** from the task, **{{gradientDecoderRate}}** from β · rate. The last norm is computed like the others, and it is exactly zero.',
    patch: { ...one },
    panels: ['gradients', 'losses'],
    sliders: ['beta'],
    switches: { hidden: false, trick: true, gradient: true },
  },
  {
    title: 'Part c: the validation error against β',
    caption:
      'Seventeen β from $10^{-6}$ to $10^{2}$, four seeds each: 68 models train side by side on 2,000 images. [The validation error](curve:validation) is the share of new images that a model misreads. Guess its curve, then watch it form; now it is after epoch {{evaluatedEpoch}} of 60. Click a dot to open the latent space of its model.',
    patch: { preset: 'sweep' },
    panels: ['sweep', 'latent'],
    sliders: ['model'],
    switches: { near: false, single: false },
    hides: [...errors, 'rate'],
    veils: ['sweep', 'information', 'latent'],
    holds: 'start',
    question: {
      text: 'Draw it: the validation error of the trained models over β.',
      atEnd: true,
      sketch: {
        panel: 'sweep',
        x: {
          label: 'β',
          scale: 'log',
          domain: [1e-6, 100],
          ticks: [
            [1e-6, '10⁻⁶'],
            [1e-4, '10⁻⁴'],
            [1e-2, '10⁻²'],
            [1, '1'],
            [100, '10²'],
          ],
        },
        y: {
          label: 'error',
          unit: '%',
          scale: 'linear',
          domain: [0, 100],
          ticks: [0, 20, 40, 60, 80, 100].map((value) => [value, String(value)] as const),
        },
        truth: { x: 'betas', y: 'validationError', factor: 100 },
        reason:
          'Up to about $\\beta=10^{-2}$ the bottleneck keeps the encoder from memorising: the error dips. Beyond β = 1 the rate goes to 0, and the decoder always says one digit: if it says 1, the error on all 10,000 images is 88.65 %.',
      },
    },
  },
  {
    title: 'What the code is worth',
    needs: 'end',
    caption:
      'The same models in the information plane, after epoch {{evaluatedEpoch}} of 60. To the right goes the rate, the cost of the code. Upward goes [$\\ln 10$](curve:ln10) minus the cross-entropy: what the code tells about the digit. Nobody can know more of the digit than its entropy, 2.30 nats. The marked model has a rate of {{rate}} nats.',
    patch: { preset: 'sweep' },
    panels: ['information', 'sweep'],
    sliders: ['model'],
    switches: { near: true, single: false },
    hides: ['rate', 'distortion'],
    veils: ['information', 'latent'],
    holds: 'trained',
    question: {
      text: 'At the smallest β the code costs about 170 nats. How many nats are enough to tell as much about the digit?',
      answers: [
        {
          text: 'About 2.3, its entropy',
          reason:
            'That would be the perfect code. After 60 epochs, models with 5 nats tell 1.74 nats about the digit, and those with 14 tell 2.03.',
        },
        {
          text: 'About 14',
          right: true,
          reason:
            'After 60 epochs, models from 170 nats down to 14 tell as much about the digit. So most of the information in $Z$ is not about the digit.',
        },
        {
          text: 'About 100',
          reason: 'Far fewer are enough. Most of the information in $Z$ is not about the digit.',
        },
      ],
    },
  },
  {
    title: 'Where the dip comes from',
    needs: 'end',
    caption:
      'A prediction is the average over 12 samples of $z$, and its error has a dip. The dip also needs few images: in a run with all 60,000 it is shallow and lies near $10^{-3}$ (preset **as in the paper**). After epoch {{evaluatedEpoch}} of 60 the marked model misreads {{validationError}} % by [averages](curve:validation) and {{validationErrorOneSample}} % by [one sample](curve:single).',
    patch: { preset: 'sweep' },
    panels: ['sweep'],
    sliders: ['model'],
    switches: { near: true, single: false },
    uncovers: { single: true },
    hides: ['validationErrorOneSample', 'validationErrorMean'],
    holds: 'trained',
    question: {
      text: 'Has the error of a single sample of z the same dip?',
      answers: [
        {
          text: 'Yes, the same',
          reason:
            'At small β it has about the same error. At larger β, σ is large, and one sample is often wrong.',
        },
        {
          text: 'Hardly any dip',
          right: true,
          reason:
            'Averaging helps more when σ is large, and σ grows with β. After 60 epochs, averages have the dip, predictions at $z=\\mu$ have it, and a single sample has hardly any.',
        },
        {
          text: 'A deeper one',
          reason: 'A single sample has more noise than the average of twelve. It cannot be the better guess.',
        },
      ],
    },
  },
  {
    title: 'Part d: which picture belongs to which β?',
    needs: 'end',
    caption:
      'Here are three models, $\\beta=10^{-6}$, $10^{-3}$ and $10^{2}$, in an order drawn from the seed, at epoch {{epoch}} of 30. Look at [the clouds](curve:z), at their scale, and at their [σ](curve:sigma) (point at an image). Each picture has axes of its own.',
    patch: { ...three },
    panels: ['latent1', 'latent2', 'latent3'],
    sliders: ['image'],
    switches: {
      ...{ anonymous: true, shuffled: true },
      ...{ sharedAxes: false, regions: false, samples: true, ellipses: true },
    },
    uncovers: { anonymous: false },
    hides: ['pictureOrder', 'pictureA', 'pictureB', 'pictureC'],
    holds: 'trained',
    question: {
      text: 'Which β belongs to which picture?',
      match: {
        things: ['Picture A', 'Picture B', 'Picture C'],
        values: pictureBetas.map((beta) => `$\\beta=${beta}$`),
        metric: 'pictureOrder',
        truths: pictureOrders.map((places) => ({ equals: orderNumber(places), places })),
        reason: pictureReason,
      },
    },
  },
  {
    title: 'Which is best for prediction?',
    needs: 'end',
    caption:
      'The labels are back, and the axes are shared. Each model now has to read digits that it was not trained on. Decide by the pictures, and say why. When training has ended, the answer shows the errors.',
    patch: { ...three },
    panels: ['latent1', 'latent2', 'latent3'],
    sliders: ['image'],
    switches: {
      ...{ hidden: true, shuffled: true },
      ...{ sharedAxes: true, regions: false, samples: true, ellipses: true },
    },
    uncovers: { hidden: false },
    hides: errors,
    veils: ['sweep', 'information'],
    holds: 'trained',
    question: {
      text: 'Which β has the smallest validation error?',
      atEnd: true,
      answers: [
        {
          text: '$\\beta=10^{-6}$',
          right: { metric: 'bestBeta', equals: 1e-6 },
          reason:
            'Information costs next to nothing here. The code holds much more of the training images than their digits, and the decoder fits the rest, too. This model is the best one only if the middle model has bad luck.',
        },
        {
          text: '$\\beta=10^{-3}$',
          right: { metric: 'bestBeta', equals: 1e-3 },
          reason:
            'At this price the code keeps the differences between digits and drops the rest. As a rule, about one image in a hundred fewer is misread than at $10^{-6}$. A single run may differ by chance.',
        },
        {
          text: '$\\beta=10^{2}$',
          right: { metric: 'bestBeta', equals: 100 },
          reason:
            'At such a price the smallest loss is reached without any code. Then the cross-entropy cannot be below the entropy of the digits, 2.30 nats, and the decoder almost always says the same digit.',
        },
      ],
    },
  },
  {
    title: 'The three errors',
    needs: 'end',
    caption:
      'In the order of β, after epoch {{evaluatedEpoch}} of 30: $\\beta=10^{-6}$ misreads **{{validationError[0]}} %** at a rate of {{rate[0]}} nats, $10^{-3}$ misreads **{{validationError[1]}} %** at {{rate[1]}} nats, and $10^{2}$ misreads **{{validationError[2]}} %** at {{rate[2]}} nats. At $10^{2}$ no code is worth its price. At $10^{-6}$ the code holds much more than the digit. As a rule the model in the middle generalises best; in two dimensions the difference is small.',
    patch: { ...three },
    panels: ['latent1', 'latent2', 'latent3'],
    sliders: ['beta1', 'beta2', 'beta3'],
    switches: { sharedAxes: true, regions: false, near: false },
  },
]
