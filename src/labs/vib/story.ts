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

const pictureBetas = ['10^{-6}', '10^{-3}', '100']
const pictureReason =
  'At $10^{-3}$ the axes reach about 10 from the middle and $\\sigma$ is some tenths: small clouds, most of them apart. At $10^{-6}$ they reach several times as far and $\\sigma$ is a few thousandths: points, not clouds. At 100 every image is the prior: $\\mu$ near 0, $\\sigma$ near 1.'

/** What would answer which model is best. */
const errors = [
  'validationError',
  'validationErrorMean',
  'validationErrorOneSample',
  'trainError',
  'distortion',
] as const

export const story: readonly StoryStep<VibValues, VibMetric>[] = [
  {
    title: 'A code that costs',
    caption:
      'An encoder turns each digit into a cloud $p(z|x)=\\mathcal N(\\mu(x),\\operatorname{diag}\\sigma^2(x))$ in the plane, a decoder reads the digit back from a sample. The loss is $\\mathbb E[-\\ln q(y|z)]+\\beta\\,\\mathrm{KL}(p(z|x)\\Vert\\mathcal N(0,I))$: every nat the code carries about the image costs β. Trained here and now, on real MNIST. Drag **β**: training goes on with it.',
    patch: { ...one },
    panels: ['latent', 'losses'],
    switches: { sharedAxes: false, regions: true, samples: true, ellipses: false },
  },
  {
    title: 'Part a: draw the block diagram',
    caption:
      'How can a gradient pass a *random* code? Write the sample as $Z=\\mu+\\sigma\\cdot V$ with $V\\sim\\mathcal N(0,I)$ coming in from the side: a multiplier, an adder, and no derivative of chance is needed. Switch **with the trick** off: drawn directly, $Z$ has no derivative with respect to μ and σ, and the encoder never hears of the task.',
    patch: { ...one },
    panels: ['diagram'],
    switches: { trick: true, gradient: true },
  },
  {
    title: 'Part b: which loss reaches which parameters?',
    caption:
      'Two losses, two networks. Tick what learns from what and check: the right answer uncovers the norms, each measured by a backward pass of its own on the current batch.',
    patch: { ...one },
    panels: ['gradients'],
    switches: { hidden: true, trick: true, gradient: true },
    uncovers: { hidden: false },
    hides: ['gradientEncoderTask', 'gradientEncoderRate', 'gradientDecoderTask', 'gradientDecoderRate'],
    question: {
      text: 'Which of these gradients are not zero?',
      several: true,
      answers: [
        {
          text: 'task loss → encoder',
          right: true,
          reason: 'The task’s gradient reaches the encoder through Z = μ + σ·V.',
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
          reason:
            'The rate does not contain the decoder: its gradient there is exactly 0, as the table computes.',
        },
      ],
    },
  },
  {
    title: 'The four norms',
    caption:
      'Encoder: **{{gradientEncoderTask}}** from the task, **{{gradientEncoderRate}}** from β · rate. Decoder: **{{gradientDecoderTask}}** from the task, **{{gradientDecoderRate}}** from the rate: computed, and exactly zero.',
    patch: { ...one },
    panels: ['gradients'],
    switches: { hidden: false },
  },
  {
    title: 'Part c: the validation error against β',
    caption:
      'Seventeen β from $10^{-6}$ to 100, four seeds each: 68 models train side by side on 2,000 images. Guess the curve, then watch it form; click a dot to open that model’s latent space.',
    patch: { preset: 'sweep' },
    panels: ['sweep', 'information', 'latent'],
    switches: { near: false, single: false },
    question: {
      text: 'What shape has the validation error over β?',
      answers: [
        {
          text: 'It falls with β.',
          reason:
            'A little pressure helps, but at β ≥ 1 the code is worth less than it costs: everything collapses.',
        },
        {
          text: 'A shallow dip, then a collapse.',
          right: true,
          reason:
            'Up to about $\\beta=10^{-2}$ the bottleneck keeps the encoder from memorising: the error dips. Near β = 1 the rate goes to 0, and the error to that of always saying one digit: 88.65 % if that is the one.',
        },
        {
          text: 'It rises from the start.',
          reason: 'With 2,000 images a small β overfits: less information generalises better, up to a point.',
        },
        { text: 'It is flat.', reason: 'Not at the right end: without a code there is nothing to read.' },
      ],
    },
  },
  {
    title: 'What the code is worth',
    caption:
      'The same models in the information plane: the rate, what the code costs, against $\\ln 10$ minus the cross-entropy, what it tells of the digit. From 166 nats down to 14 nothing is lost, and 5 still tell six sevenths of it: most of what $Z$ knows of the image is not about the digit. $\\ln 10=2.303$ nats is all there is to know.',
    patch: { preset: 'sweep' },
    panels: ['information', 'sweep'],
    switches: { near: true, single: false },
  },
  {
    title: 'Whose dip it is',
    caption:
      'The dip belongs to predictions averaged over samples of $z$, and to $z=\\mu$: a **single sample** hardly has one, for what averaging wins grows with σ, and σ with β. And it belongs to few images: with all 60,000 it is shallow and lies at a smaller β, near $10^{-3}$ (preset **as in the paper**).',
    patch: { preset: 'sweep' },
    panels: ['sweep'],
    switches: { near: true, single: true },
  },
  {
    title: 'Part d: which picture belongs to which β?',
    caption:
      'Three models, $\\beta=10^{-6}$, $10^{-3}$ and 100, in an order drawn from the seed. Let them train, look at the clouds, their scale and their σ (point at an image); the axes are each picture’s own.',
    patch: { ...three },
    panels: ['latent1', 'latent2', 'latent3'],
    switches: {
      ...{ anonymous: true, shuffled: true },
      ...{ sharedAxes: false, regions: false, samples: true, ellipses: true },
    },
    uncovers: { anonymous: false },
    question: {
      text: 'Which β have the pictures A, B and C, in this order?',
      answers: pictureOrders.map((order) => ({
        text: `$${order.map((place) => pictureBetas[place]).join(',\\;')}$`,
        right: { metric: 'pictureOrder', equals: orderNumber(order) },
        reason: pictureReason,
      })),
    },
  },
  {
    title: 'Which is best for prediction?',
    caption:
      'The labels are back, and the axes shared. Each model now has to read digits that it was not trained on. Decide by the pictures, and say why: once they are trained, the right answer uncovers the errors.',
    patch: { ...three },
    panels: ['latent1', 'latent2', 'latent3'],
    switches: {
      ...{ hidden: true, shuffled: true },
      ...{ sharedAxes: true, regions: false, samples: true, ellipses: true },
    },
    uncovers: { hidden: false },
    hides: errors,
    question: {
      text: 'Which β has the smallest validation error?',
      atEnd: true,
      answers: [
        {
          text: '$\\beta=10^{-6}$',
          right: { metric: 'bestBeta', equals: 1e-6 },
          reason:
            'Hardly any price on information: the code holds far more of the training images than their digit, and the decoder fits that too. It is best only where by chance the middle one is not.',
        },
        {
          text: '$\\beta=10^{-3}$',
          right: { metric: 'bestBeta', equals: 1e-3 },
          reason:
            'The price keeps what tells the digits apart and lets go of the rest: as a rule about one image in a hundred fewer is misread than at $10^{-6}$, though by chance a run may differ.',
        },
        {
          text: '$\\beta=100$',
          right: { metric: 'bestBeta', equals: 100 },
          reason:
            'Collapse is the best this loss can do at such a price: without a code the cross-entropy cannot be below $\\ln 10$, and the decoder always says the same digit.',
        },
      ],
    },
  },
  {
    title: 'The three errors',
    caption:
      'Validation errors in the order of β: **{{validationError}}** %, at rates of **{{rate}}** nats. At β = 100 collapse is the global optimum: the loss cannot beat $\\ln 10$. At $10^{-6}$ the code holds far more than the digit; as a rule the middle one generalises best, if not by much in two dimensions.',
    patch: { ...three },
    panels: ['sweep', 'latent1', 'latent2', 'latent3'],
    switches: { shuffled: true, sharedAxes: true, regions: false, near: false },
  },
]
