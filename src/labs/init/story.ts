/** The steps a lecturer takes through the init lab; then the training lab's follow. */
import type { StoryStep } from '../story.ts'
import type { InitMetric } from './experiment.ts'
import type { InitValues } from './parameters.ts'

/** Everybody sees the same numbers: the sizes do not depend on the machine. */
const start = { dModel: 512, vocab: 50257, hidden: 'random' } as const satisfies Partial<InitValues>

export const story: readonly StoryStep<InitValues, InitMetric>[] = [
  {
    title: 'A riddle: two first losses',
    caption:
      'Two language models are freshly drawn. Their code differs in **one line**. Before any training, **A** loses **{{loss}} nats** a word and **B** {{comparisonLoss}}. A blind guess among all $V$ words costs $\\ln V$ = {{lnVocab}} nats. So A is *far worse than knowing nothing*. Which line is it?',
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
      'Drag **d_model**. With std 1 the variance of the logits *is* $d$: a wider model is more certain at the start, and wrong. Each setting that you visit leaves a dot. The straight lines are $d\\cdot\\mathrm{std}^2$.',
    patch: { ...start, scheme: 'unit' },
    panels: ['variance', 'logits'],
    switches: { names: true, near: false, loss: false },
    question: {
      text: 'Embeddings with std 1, and you double d_model from 512 to 1,024. What happens to the first loss?',
      answers: [
        {
          text: 'It stays: a wider model is no worse at guessing.',
          reason:
            'The standard deviation of the logits grows with √d, and a confident guess at a random word is costly.',
        },
        {
          text: 'It grows by a factor of about √2.',
          right: true,
          reason:
            'The softmax puts all on the largest logit, about σ·√(2 ln V) with σ = √d. So the loss follows √d. Set d_model to 1,024 and see.',
        },
        {
          text: 'It doubles.',
          reason: 'The variance doubles. The loss follows the standard deviation, √d.',
        },
        {
          text: 'It grows by ln 2.',
          reason: 'A model that guesses blindly would lose so much more with twice the vocabulary.',
        },
      ],
    },
  },
  {
    title: 'The peaked softmax',
    caption:
      'Each row is a token, each column a bin of the vocabulary. The height is the largest probability in the bin. With std 1 a token has, on average, **{{maxProbability}}** of its probability on a single word: a *needle* on a random word. The needle causes the loss, which is about the largest of $V$ logits: $\\sigma\\sqrt{2\\ln V}$, and some 10 % less at real vocabulary sizes.',
    patch: { ...start, scheme: 'unit' },
    panels: ['landscape'],
    switches: { names: true, near: false, loss: false },
  },
  {
    title: 'The fix: one line',
    caption:
      '`std = d_model ** -0.5`. Now $\\sigma = \\mathrm{std}\\cdot\\sqrt d = 1$ at every width. The needles are gone: the largest probability is {{maxProbability}}, and the first loss is **{{loss}} nats** (predicted {{lossPredicted}}). Drag **d_model**: nothing moves.',
    patch: { ...start, scheme: 'inverseSqrt' },
    panels: ['landscape', 'loss'],
    switches: { names: true, near: false, loss: false },
  },
  {
    title: 'Why ln V, and why half a nat above it',
    caption:
      'Equal logits would give exactly $\\ln V$ = {{lnVocab}}. These logits have variance 1, which raises the logarithm of the mean of their exponentials: $\\mathbb E[\\ln\\sum_w e^{l_w}]\\approx \\ln V+\\tfrac{\\sigma^2}{2}$. So the fixed model starts at **$\\ln V+\\tfrac12$**: measured {{loss}}. The entropy of the softmax, {{entropy}}, is half a nat *below* $\\ln V$.',
    patch: { ...start, scheme: 'inverseSqrt' },
    panels: ['loss', 'logits'],
    switches: { names: true, near: true },
  },
  {
    title: 'GPT-2’s 0.02',
    caption:
      'GPT-2 draws its embeddings with std 0.02. That is $d^{-1/2}$ for $d=2500$. At $d$ = 768 the logits have std {{logitStd}}, and the loss, {{loss}}, is even nearer to $\\ln V$. But a constant is no rule: follow its curve to the right.',
    patch: { ...start, dModel: 768, scheme: 'gpt2' },
    panels: ['loss', 'variance'],
    switches: { names: true, near: true },
  },
  {
    title: 'When tied embeddings still go wrong',
    caption:
      'A residual path carries the embedding of the input word to the head, and the head is the same table. So the hidden state *points at its own input word*. The logit of that word is about $\\rho\\cdot\\mathrm{std}\\cdot d$ (predicted {{ownLogitPredicted}}, measured **{{ownLogit}}**). With $\\rho$ near 1 even $d^{-1/2}$ starts near $\\sqrt d$: {{loss}} nats. Drag **alignment ρ** down. At which ρ is the loss back at $\\ln V+\\tfrac12$?',
    patch: { ...start, scheme: 'inverseSqrt', hidden: 'tied', alignment: 1 },
    panels: ['loss', 'landscape'],
    switches: { names: true, near: false, loss: true },
  },
]
