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
  'When training has ended, the axes at $10^{-3}$ reach 10 to 15 from the middle and $\\sigma$ is one or two tenths: small clouds, most of them apart. At $10^{-6}$ they reach several times as far and $\\sigma$ is a few thousandths: points, not clouds. At 100 every image is the prior: $\\mu$ near 0, $\\sigma$ near 1.'

/** Metrics that would tell which model is best. */
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
      'An encoder turns each digit into a cloud $p(z|x)=\\mathcal N(\\mu(x),\\operatorname{diag}\\sigma^2(x))$ in the plane, a decoder reads the digit back from a sample. The loss is $\\mathbb E[-\\ln q(y|z)]+\\beta\\,\\mathrm{KL}(p(z|x)\\Vert\\mathcal N(0,I))$: each nat of information about the image costs β. The models train now, in this page, on real MNIST. Drag **β**: training goes on with the new value.',
    patch: { ...one },
    panels: ['latent', 'losses'],
    switches: { sharedAxes: false, regions: true, samples: true, ellipses: false },
  },
  {
    title: 'Part a: draw the block diagram',
    caption:
      'How can a gradient pass a *random* code? Write the sample as $Z=\\mu+\\sigma\\cdot V$, where the noise $V\\sim\\mathcal N(0,I)$ is an input of its own. Then a multiplier and an adder make $Z$, and we need not differentiate through the random draw. Switch **with the trick** off: $Z$ is drawn directly, it has no derivative with respect to μ and σ, and no gradient of the task reaches the encoder.',
    patch: { ...one },
    panels: ['diagram'],
    switches: { trick: true, gradient: true },
  },
  {
    title: 'Part b: which loss reaches which parameters?',
    caption:
      'There are two losses and two networks. Tick each pair where the network learns from the loss, then check. The right answer shows the norms of the gradients. Each norm is measured by its own backward pass on the current batch.',
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
      'Encoder: **{{gradientEncoderTask}}** from the task, **{{gradientEncoderRate}}** from β · rate. Decoder: **{{gradientDecoderTask}}** from the task, **{{gradientDecoderRate}}** from β · rate. The last norm is computed like the others, and it is exactly zero.',
    patch: { ...one },
    panels: ['gradients'],
    switches: { hidden: false },
  },
  {
    title: 'Part c: the validation error against β',
    caption:
      'Seventeen β from $10^{-6}$ to 100, four seeds each: 68 models train side by side on 2,000 images. Guess the curve, then watch it form. Its shape is settled after 60 epochs. Click a dot to open the latent space of its model.',
    patch: { preset: 'sweep' },
    panels: ['sweep', 'information', 'latent'],
    switches: { near: false, single: false },
    question: {
      text: 'What shape has the validation error over β?',
      answers: [
        {
          text: 'It falls with β.',
          reason:
            'A little pressure helps. But from β = 1 on the code costs more than it is worth, and the models lose it.',
        },
        {
          text: 'A shallow dip, then a collapse.',
          right: true,
          reason:
            'Up to about $\\beta=10^{-2}$ the bottleneck keeps the encoder from memorising: the error dips. Beyond β = 1 the rate goes to 0, and the decoder always says one digit: if it says 1, the error on all 10,000 images is 88.65 %.',
        },
        {
          text: 'It rises from the start.',
          reason: 'With 2,000 images a small β overfits. Less information generalises better, up to a point.',
        },
        { text: 'It is flat.', reason: 'Not at the right end: without a code there is nothing to read.' },
      ],
    },
  },
  {
    title: 'What the code is worth',
    needs: 'end',
    caption:
      'The same models in the information plane. The horizontal axis is the rate: the cost of the code. The vertical axis is $\\ln 10$ minus the cross-entropy: the information about the digit. **After all 60 epochs**, no such information is lost from about 170 nats of rate down to 14, and 5 nats still hold six sevenths of it. (The marked model now has {{rate}} nats.) So most of the information in $Z$ is not about the digit. Nobody can know more of the digit than its entropy: 2.301 nats.',
    patch: { preset: 'sweep' },
    panels: ['information', 'sweep'],
    switches: { near: true, single: false },
  },
  {
    title: 'Where the dip comes from',
    needs: 'end',
    caption:
      '**After all 60 epochs**, predictions averaged over samples of $z$ have the dip, and so have predictions at $z=\\mu$. A **single sample** has hardly any: averaging helps more when σ is large, and σ grows with β. (The marked model now misreads {{validationError}} % by averages and {{validationErrorOneSample}} % by one sample.) The dip also needs few images: in a run with all 60,000 it is shallow and lies at a smaller β, near $10^{-3}$ (preset **as in the paper**).',
    patch: { preset: 'sweep' },
    panels: ['sweep'],
    switches: { near: true, single: true },
  },
  {
    title: 'Part d: which picture belongs to which β?',
    needs: 'end',
    caption:
      'Here are three models, $\\beta=10^{-6}$, $10^{-3}$ and 100, in an order drawn from the seed. Let them train. Then look at the clouds, at their scale, and at their σ (point at an image). Each picture has axes of its own.',
    patch: { ...three },
    panels: ['latent1', 'latent2', 'latent3'],
    switches: {
      ...{ anonymous: true, shuffled: true },
      ...{ sharedAxes: false, regions: false, samples: true, ellipses: true },
    },
    uncovers: { anonymous: false },
    question: {
      text: 'Which β belong to the pictures A, B and C, in this order?',
      answers: pictureOrders.map((order) => ({
        text: `$${order.map((place) => pictureBetas[place]).join(',\\;')}$`,
        right: { metric: 'pictureOrder', equals: orderNumber(order) },
        reason: pictureReason,
      })),
    },
  },
  {
    title: 'Which is best for prediction?',
    needs: 'end',
    caption:
      'The labels are back, and the axes are shared. Each model now has to read digits that it was not trained on. Decide by the pictures, and say why. When training has ended, the right answer shows the errors.',
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
            'Information costs next to nothing here. The code holds much more of the training images than their digits, and the decoder fits the rest, too. This model is the best one only if the middle model has bad luck.',
        },
        {
          text: '$\\beta=10^{-3}$',
          right: { metric: 'bestBeta', equals: 1e-3 },
          reason:
            'At this price the code keeps the differences between digits and drops the rest. As a rule, about one image in a hundred fewer is misread than at $10^{-6}$. A single run may differ by chance.',
        },
        {
          text: '$\\beta=100$',
          right: { metric: 'bestBeta', equals: 100 },
          reason:
            'At such a price the smallest loss is reached without any code. Then the cross-entropy cannot be below the entropy of the digits, 2.301 nats, and the decoder almost always says the same digit.',
        },
      ],
    },
  },
  {
    title: 'The three errors',
    needs: 'end',
    caption:
      'Validation errors in the order of β: **{{validationError}}** %, at rates of **{{rate}}** nats. At β = 100 collapse is the global optimum: the loss cannot go below the entropy of the digits, 2.301 nats. At $10^{-6}$ the code holds much more than the digit. As a rule the model in the middle generalises best; in two dimensions the difference is small.',
    patch: { ...three },
    panels: ['sweep', 'latent1', 'latent2', 'latent3'],
    switches: { shuffled: true, sharedAxes: true, regions: false, near: false },
  },
]
