/** The steps a lecturer takes through the init lab; then the training lab's follow. */
import type { StoryStep } from '../story.ts'
import type { InitMetric } from './experiment.ts'
import type { InitValues } from './parameters.ts'

const start = { dModel: 512, hidden: 'random' } as const satisfies Partial<InitValues>

export const story: readonly StoryStep<InitValues, InitMetric>[] = [
  {
    title: 'A riddle: two first losses',
    caption:
      'Two freshly drawn language models, the same code but for **one line**. Before any training, **A** loses **{{loss}} nats** a word, **B** {{comparisonLoss}}. Guessing blindly among all $V$ words would cost $\\ln V$ = {{lnVocab}} nats: A is *far worse than knowing nothing*. Which line?',
    patch: { ...start, scheme: 'unit' },
    panels: ['loss'],
    switches: { names: false, near: false, loss: false },
    hides: ['scheme', 'std', 'logitStd', 'logitStdPredicted'],
  },
  {
    title: 'What the std does to a logit',
    caption:
      'The output head is the embedding table $E$ itself: the logit of word $w$ is $h\\cdot E_w=\\sum_{j=1}^{d} h_j E_{wj}$. Layer normalisation gives $\\lVert h\\rVert^2=d$, so the logit is normal with variance $\\lVert h\\rVert^2\\,\\mathrm{std}^2 = d\\cdot\\mathrm{std}^2$. Predicted standard deviation: {{logitStdPredicted}}. Measured on every logit of {{tokensMeasured}} tokens: **{{logitStd}}**.',
    patch: { ...start, scheme: 'unit' },
    panels: ['logits'],
    switches: { names: true, near: false, loss: false },
  },
  {
    title: 'The variance grows with d',
    caption:
      'Drag **d_model**. With std 1 the logits’ variance *is* $d$: a wider model starts out more certain, and wrong. Every setting you visit leaves a dot; the straight lines are $d\\cdot\\mathrm{std}^2$.',
    patch: { ...start, scheme: 'unit' },
    panels: ['variance', 'logits'],
    switches: { names: true, near: false, loss: false },
    question: {
      text: 'Embeddings with std 1, and you double d_model from 512 to 1,024. What happens to the first loss?',
      answers: [
        {
          text: 'It stays: a wider model is no worse at guessing.',
          reason:
            'The logits’ standard deviation grows with √d, and a confident guess at a random word is costly.',
        },
        {
          text: 'It grows by a factor of about √2.',
          right: true,
          reason:
            'The softmax is frozen on the largest logit, about σ·√(2 ln V) with σ = √d: the loss follows √d. Set d_model to 1,024 and see.',
        },
        {
          text: 'It doubles.',
          reason: 'The variance doubles; the loss follows the standard deviation, √d.',
        },
        {
          text: 'It grows by ln 2.',
          reason: 'That is what doubling the vocabulary would cost a model that guesses blindly.',
        },
      ],
    },
  },
  {
    title: 'The peaked softmax',
    caption:
      'Each row is a token, each column a bin of the vocabulary, each height the largest probability in it. With std 1 a token puts, on average, **{{maxProbability}}** of its probability on a single word: a *needle*, on a word drawn at random. The loss is what the needle costs: about the largest of $V$ logits, $\\sigma\\sqrt{2\\ln V}$ and some 10 % less at real vocabulary sizes.',
    patch: { ...start, scheme: 'unit' },
    panels: ['landscape'],
    switches: { names: true, near: false, loss: false },
  },
  {
    title: 'The fix: one line',
    caption:
      '`std = d_model ** -0.5`. Now $\\sigma = \\mathrm{std}\\cdot\\sqrt d = 1$ whatever the width: the forest becomes a lawn, the largest probability is {{maxProbability}}, and the first loss is **{{loss}} nats** (predicted {{lossPredicted}}). Drag **d_model**: nothing moves.',
    patch: { ...start, scheme: 'inverseSqrt' },
    panels: ['landscape', 'loss'],
    switches: { names: true, near: false, loss: false },
  },
  {
    title: 'Why ln V, and why half a nat above it',
    caption:
      'Logits all equal would give exactly $\\ln V$ = {{lnVocab}}. These have variance 1, and the logarithm of a mean of exponentials pays for it: $\\mathbb E[\\ln\\sum_w e^{l_w}]\\approx \\ln V+\\tfrac{\\sigma^2}{2}$. So the fixed model starts at **$\\ln V+\\tfrac12$**: measured {{loss}}, and the softmax’s entropy, {{entropy}}, is half a nat *below* $\\ln V$.',
    patch: { ...start, scheme: 'inverseSqrt' },
    panels: ['loss', 'logits'],
    switches: { names: true, near: true },
  },
  {
    title: 'GPT-2’s 0.02',
    caption:
      'GPT-2 draws its embeddings with std 0.02. That is $d^{-1/2}$ for $d=2500$: at $d$ = 768 the logits’ std is {{logitStd}} and the loss, {{loss}}, is even nearer $\\ln V$. A constant is no rule, though: follow its curve to the right.',
    patch: { ...start, dModel: 768, scheme: 'gpt2' },
    panels: ['loss', 'variance'],
    switches: { names: true, near: true },
  },
  {
    title: 'When tied embeddings still go wrong',
    caption:
      'A residual path carries the input word’s embedding to the head, which is the same table: the hidden state *points at its own input word*. That word’s logit is about $\\rho\\cdot\\mathrm{std}\\cdot d$ (predicted {{ownLogitPredicted}}, measured **{{ownLogit}}**), so with $\\rho$ near 1 even $d^{-1/2}$ starts near $\\sqrt d$: {{loss}} nats. Drag **alignment ρ** down: where does the loss come back to $\\ln V+\\tfrac12$?',
    patch: { ...start, scheme: 'inverseSqrt', hidden: 'tied', alignment: 1 },
    panels: ['loss', 'landscape'],
    switches: { names: true, near: false, loss: true },
  },
]
