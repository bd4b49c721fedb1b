/** The steps a lecturer takes through the training lab, after the init lab's. */
import type { StoryStep } from '../story.ts'
import type { TrainingValues } from './parameters.ts'
import type { TrainingMetric } from './run.ts'

/** Two models that differ in one line; their size is left to what the machine was measured to manage. */
const training = {
  architecture: 'preNorm',
  layers: 1,
  embeddingScale: 'one',
  scheme1: 'unit',
  scheme2: 'inverseSqrt',
  race: false,
} as const satisfies Partial<TrainingValues>

export const story: readonly StoryStep<TrainingValues, TrainingMetric>[] = [
  {
    title: 'A riddle: two loss curves',
    caption:
      'Two language models learn to guess the next word of two centuries of *State of the Union* addresses (or of your own text), now, in this page: the same batches, the same weights but for **one line of code**. After step {{step}}, **A** loses {{loss1}} nats a word, **B** {{loss2}}; guessing blindly costs {{lnVocab}}. What is wrong with A?',
    patch: training,
    panels: ['curves', 'early'],
    switches: { names: false, near: false, logLoss: false, logEarly: true },
    hides: ['scheme1', 'scheme2', 'std', 'logitStd1', 'logitStd2', 'alignment1', 'alignment2'],
    question: {
      text: 'Model A starts far above ln V and comes down slowly. Which line is it?',
      answers: [
        {
          text: 'The learning rate is too high: it overshoots.',
          reason: 'It is wrong before the first update, where no learning rate has had a say.',
        },
        {
          text: 'Its embedding is drawn with the wrong standard deviation.',
          right: true,
          reason:
            'The head is the embedding table. Entries of std 1 make logits of std √d: confident, and wrong, from the start.',
        },
        {
          text: 'Its attention looks at the wrong words.',
          reason:
            'Whatever it looks at: a final state that knows nothing should cost ln V, not many times that.',
        },
        {
          text: 'It is too small for the text.',
          reason: 'Both are of the same size, and the other one learns.',
        },
      ],
    },
  },
  {
    title: 'The diagnosis, at step 0',
    caption:
      'Model A is the one with std 1. Before its first update its logits’ standard deviation was **{{initialLogitStd1}}**, about $\\sqrt d$. And the residual path carries the input word to the head, which is the same table: the final state pointed at that word with $\\rho$ = {{initialAlignment1}}, so its logit was about $\\rho\\,d$, far above the others. The model gave the word itself a probability of **{{initialOwnProbability1}}**: it was certain that every word *comes twice*, and paid **{{initialLoss1}} nats** a word for it.',
    patch: training,
    panels: ['early', 'repeat'],
    switches: { names: true, near: false, logLoss: false, logEarly: true },
  },
  {
    title: 'The one-line fix',
    caption:
      '```python\nnn.init.normal_(embedding.weight, std=1.0)              # broken\nnn.init.normal_(embedding.weight, std=d_model ** -0.5)  # fixed\n```\n\nFirst losses: {{initialLoss1}} and **{{initialLoss2}}** nats. Now, after step {{step}}: {{loss1}} and **{{loss2}}** nats, with logits of std {{logitStd1}} and **{{logitStd2}}**.',
    patch: training,
    panels: ['logits', 'landscape'],
    switches: { names: true, logLoss: true, logEarly: true, logLandscape: false },
  },
  {
    title: 'The race',
    caption:
      'Both train for 20 steps, and the fixed one’s validation loss is then the goal: **{{raceGoal}} nats**. *How many steps* will the broken one need to come there? Set **your guess** at the bottom of the page: the race goes on with it, and ends where it is decided. Steps needed: **{{raceSteps}}**.',
    patch: { ...training, race: true },
    panels: ['curves'],
    switches: { names: true, near: false, logLoss: true, logEarly: true },
  },
  {
    title: 'The fine print',
    caption:
      'A final state that knows nothing makes $d^{-1/2}$ start at $\\ln V+\\tfrac12$. But with post-norm, or with embeddings scaled by $\\sqrt d$ as in the original Transformer and here, it still **points at its input word**: with $\\rho$ = {{initialAlignment2}} at first, $d^{-1/2}$ starts at **{{initialLoss2}}** nats, against $\\ln V$ = {{lnVocab}}. GPT-2’s 0.02, the other model, starts at {{initialLoss1}}.',
    // wide enough for the input word’s logit to stand above all others, small enough for any machine
    patch: {
      ...training,
      embeddingScale: 'sqrtDModel',
      scheme1: 'gpt2',
      scheme2: 'inverseSqrt',
      dModel: 256,
      vocab: 1000,
      batchSize: 4,
      context: 32,
    },
    panels: ['early', 'repeat'],
    switches: { names: true, near: false, logLoss: true, logEarly: true },
  },
]
