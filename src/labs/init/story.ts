/** The steps a lecturer takes through the init lab; then the training lab's follow. */
import type { StoryStep } from '../story.ts'
import type { InitMetric } from './experiment.ts'
import type { InitValues } from './parameters.ts'

/** Everybody sees the same numbers: the sizes do not depend on the machine. */
const start = { dModel: 512, vocab: 50257, hidden: 'random' } as const satisfies Partial<InitValues>

/** The loss without its curve over d_model, which the third step asks for. */
const withoutTheory = { theory: false, near: false, loss: false }

export const story: readonly StoryStep<InitValues, InitMetric>[] = [
  {
    title: 'A riddle: two first losses',
    caption:
      'Two language models guess the next word, a *token*. Neither is trained yet, and their code differs in **one line**. [**A**](curve:a) loses **{{loss}} nats** a token, [**B**](curve:b) loses {{comparisonLoss}}. A *nat* is the unit of the loss $-\\ln p$ of a right word with probability $p$. A blind guess among $V$ words costs [$\\ln V$](curve:lnV) = {{lnVocab}} nats. So A is *worse than knowing nothing*.',
    patch: { ...start, scheme: 'unit' },
    panels: ['loss'],
    sliders: ['vocab'],
    switches: { names: false, ...withoutTheory },
    hides: ['scheme', 'std', 'logitStd', 'logitStdPredicted'],
    veils: ['logits', 'variance', 'landscape'],
    holds: 'start',
    uncovers: { names: true },
    question: {
      text: 'Which line of A is wrong?',
      answers: [
        {
          text: 'The learning rate',
          reason: 'No training step is done yet, so no learning rate has been used.',
        },
        {
          text: 'The labels are one place off',
          reason: 'A model that knows nothing loses $\\ln V$ on any labels, right or wrong.',
        },
        {
          text: 'How its embedding table is drawn',
          right: true,
          reason:
            'The entries of A have the standard deviation 1, those of B have $1/\\sqrt d$. A is sure of a random word, and wrong.',
        },
        {
          text: 'It has too few layers',
          reason: 'Both models have the same size. A small model that knows nothing loses $\\ln V$, too.',
        },
      ],
    },
  },
  {
    title: 'What the std does to a logit',
    caption:
      'The entries of A’s embedding table $E$ have the standard deviation 1, in short *std* 1. The head is the same table. The score of word $w$, its **logit**, is $h\\cdot E_w=\\sum_{j=1}^{d} h_j E_{wj}$. Here $d$ is **d_model**, the width of the vectors. Layer normalisation makes $\\lVert h\\rVert^2=d$, so the logits have variance $d\\cdot\\mathrm{std}^2$. Their std: [predicted](curve:predicted) {{logitStdPredicted}} (a dashed line is theory), [measured](curve:measured) **{{logitStd}}** (a column or a marker is measured).',
    patch: { ...start, scheme: 'unit' },
    panels: ['logits'],
    sliders: ['scheme'],
    switches: { names: true, ...withoutTheory },
  },
  {
    title: 'The variance grows with d',
    caption:
      'With std 1 the variance of the logits *is* $d$. So a wider model is more certain at the start, and wrong. The dashed lines are [$d\\cdot\\mathrm{std}^2$](curve:predicted). Answer, then drag **d_model**: each width leaves [a marker](curve:measured).',
    patch: { ...start, scheme: 'unit' },
    panels: ['loss', 'variance'],
    sliders: ['dModel'],
    switches: { names: true, ...withoutTheory },
    hides: ['loss', 'lossPredicted'],
    veils: ['loss', 'landscape'],
    holds: 'start',
    uncovers: { theory: true },
    question: {
      text: 'std is 1, and you double d_model from 512 to 1,024. What happens to the first loss?',
      answers: [
        {
          text: 'It stays',
          reason:
            'The standard deviation of the logits grows with √d, and a confident guess at a random word is costly.',
        },
        {
          text: 'It grows by a factor of about √2',
          right: true,
          reason:
            'Almost all probability is on the largest logit, about σ·√(2 ln V) with σ = √d. So the loss follows √d. Set d_model to 1,024 and see.',
        },
        {
          text: 'It doubles',
          reason: 'The variance doubles. The loss follows the standard deviation, √d.',
        },
        {
          text: 'It grows by ln 2',
          reason: 'A model that guesses blindly would lose so much more with twice the vocabulary.',
        },
      ],
    },
  },
  {
    title: 'The peaked softmax',
    caption:
      'The **softmax** turns the logits $l$ into probabilities, $p_w=e^{l_w}/\\sum_v e^{l_v}$. Each row is a token, each column a part of the vocabulary, and the height is the largest probability there. With [std 1](curve:a) a token has, on average, **{{maxProbability}} %** on a single word: a *needle* on a random word. So the loss is about the largest of $V$ logits, $\\sigma\\sqrt{2\\ln V}$, or some 10 % less with a real vocabulary.',
    patch: { ...start, scheme: 'unit' },
    panels: ['landscape'],
    sliders: ['dModel'],
    switches: { names: true, theory: true, near: false, loss: false },
  },
  {
    title: 'The fix: one line',
    caption:
      '[`std = d_model ** -0.5`](curve:a). Now $\\sigma = \\mathrm{std}\\cdot\\sqrt d = 1$ at every width. The needles are gone: the largest probability is {{maxProbability}} %. The first loss is [**{{loss}} nats**](curve:a+measured) ([predicted](curve:a+predicted) {{lossPredicted}}). Drag **d_model**: the loss does not move.',
    patch: { ...start, scheme: 'inverseSqrt' },
    panels: ['landscape', 'loss'],
    sliders: ['dModel'],
    switches: { names: true, theory: true, near: false, loss: false },
  },
  {
    title: 'Why ln V, and why half a nat above it',
    caption:
      'Equal logits would give exactly [$\\ln V$](curve:lnV) = {{lnVocab}}. These logits have variance 1. That raises the logarithm of the sum of their exponentials: $\\mathbb E[\\ln\\sum_w e^{l_w}]\\approx \\ln V+\\tfrac{\\sigma^2}{2}$. So the fixed model starts at [$\\ln V+\\tfrac12$](curve:half): [measured](curve:a+measured) {{loss}}. The entropy of the softmax, {{entropy}}, is half a nat *below* $\\ln V$.',
    patch: { ...start, scheme: 'inverseSqrt' },
    panels: ['loss', 'logits'],
    sliders: ['vocab'],
    switches: { names: true, theory: true, near: true },
  },
  {
    title: 'GPT-2’s 0.02',
    caption:
      '[GPT-2](curve:gpt2) draws its embeddings with std 0.02. That is $d^{-1/2}$ for $d=2500$. At $d$ = 768 the logits have std {{logitStd}}, and the loss, {{loss}}, is even nearer to [$\\ln V$](curve:lnV) = {{lnVocab}}. But a constant is no rule: follow [its curve](curve:gpt2+predicted) to the right.',
    patch: { ...start, dModel: 768, scheme: 'gpt2' },
    panels: ['loss', 'variance'],
    sliders: ['dModel'],
    switches: { names: true, theory: true, near: true },
  },
  {
    title: 'When tied embeddings still go wrong',
    caption:
      'A residual path carries the input word’s embedding to the head, which is the same table. So the hidden state *points at its input word*; ρ is their cosine. The logit of that word is about $\\rho\\cdot\\mathrm{std}\\cdot d$: predicted {{ownLogitPredicted}}, measured **{{ownLogit}}**. The loss is [**{{loss}} nats**](curve:a+measured). Answer, then drag **alignment ρ** down until the loss is back at $\\ln V+\\tfrac12$.',
    patch: { ...start, scheme: 'inverseSqrt', hidden: 'tied', alignment: 1 },
    panels: ['loss', 'landscape'],
    sliders: ['alignment', 'dModel'],
    switches: { names: true, theory: false, near: false, loss: true },
    hides: [
      'loss',
      'lossPredicted',
      'ownLogit',
      'ownLogitPredicted',
      'maxProbability',
      'entropy',
      'entropyPredicted',
    ],
    veils: ['loss', 'landscape', 'logits'],
    holds: 'start',
    uncovers: { theory: true },
    question: {
      text: 'With ρ = 1 and std = $d^{-1/2}$, where does the loss start?',
      answers: [
        {
          text: 'At $\\ln V+\\tfrac12$, as before',
          reason: 'That holds for a state that points nowhere. This one points at a word.',
        },
        {
          text: 'Near $\\sqrt d$, about 22.6',
          right: true,
          reason:
            'The input word’s logit is $d^{-1/2}\\cdot d=\\sqrt d$. The others are about 1. So the model is sure that the word comes again, and it is wrong.',
        },
        {
          text: 'Near 0: it knows the word',
          reason: 'It knows the input word, but it has to guess the next one.',
        },
      ],
    },
  },
]
