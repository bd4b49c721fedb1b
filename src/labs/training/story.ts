/** The steps a lecturer takes through the training lab, after the init lab's. */
import type { StoryStep } from '../story.ts'
import type { TrainingValues } from './parameters.ts'
import { raceBegin } from './race.ts'
import type { TrainingMetric } from './run.ts'

/** Two models that differ in one line. They are so small that a phone shows the numbers of the lecture hall. */
const training = {
  dModel: 64,
  vocab: 1000,
  batchSize: 4,
  context: 64,
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
      'Two language models learn to guess the next word of two centuries of *State of the Union* addresses (or of your own text). They train now, in this page, on the same batches. They differ in **one line of code**. After step {{step}}, **A** loses {{loss1}} nats a word and **B** {{loss2}}. A blind guess costs {{lnVocab}}. What is wrong with A?',
    patch: training,
    panels: ['curves', 'early'],
    switches: { names: false, near: false, logLoss: false, logEarly: true },
    hides: ['scheme1', 'scheme2', 'std', 'logitStd1', 'logitStd2', 'alignment1', 'alignment2'],
    question: {
      text: 'Model A starts far above ln V and comes down slowly. Which line is it?',
      answers: [
        {
          text: 'The learning rate is too high: it overshoots.',
          reason: 'The loss is wrong before the first update, and the learning rate plays no part there.',
        },
        {
          text: 'Its embedding is drawn with the wrong standard deviation.',
          right: true,
          reason:
            'The head is the embedding table. Entries of std 1 make logits of std √d. So the model is confident, and wrong, from the start.',
        },
        {
          text: 'Its attention looks at the wrong words.',
          reason:
            'The words do not matter here. A final state that knows nothing should cost ln V, not many times as much.',
        },
        {
          text: 'It is too small for the text.',
          reason: 'Both models have the same size, and the other one learns.',
        },
      ],
    },
  },
  {
    title: 'The diagnosis, at step 0',
    caption:
      'Model A is the one with std 1. Before its first update its logits’ standard deviation was **{{initialLogitStd1}}**, about $\\sqrt d$. The residual path carries the input word to the head, and the head is the same table. So the final state pointed at that word with $\\rho$ = {{initialAlignment1}}, and the logit of that word was about $\\rho\\,d$, far above the others. The model gave the word itself a probability of **{{initialOwnProbability1}}**. It was certain that every word *comes twice*, and paid **{{initialLoss1}} nats** a word for it.',
    patch: training,
    panels: ['early', 'repeat'],
    switches: { names: true, near: false, logLoss: false, logEarly: true },
  },
  {
    title: 'The one-line fix',
    needs: 100,
    caption:
      '```python\nnn.init.normal_(embedding.weight, std=1.0)              # broken\nnn.init.normal_(embedding.weight, std=d_model ** -0.5)  # fixed\n```\n\nThe embeddings of the positions are drawn with the same std. First losses: {{initialLoss1}} and **{{initialLoss2}}** nats. Now, after step {{step}}: {{loss1}} and **{{loss2}}** nats, with logits of std {{logitStd1}} and **{{logitStd2}}**.',
    patch: training,
    panels: ['logits', 'landscape'],
    switches: { names: true, logLoss: true, logEarly: true, logLandscape: false },
  },
  {
    title: 'The race',
    needs: raceBegin,
    caption:
      'Both models train for 20 steps. Then the validation loss of the fixed model is the goal: **{{raceGoal}} nats**. *How many steps* will the broken model need to reach it? Set **your guess** at the bottom of the page. The race goes on with it and ends when the goal is reached. Steps needed: **{{raceSteps}}**.',
    patch: { ...training, race: true },
    panels: ['curves'],
    switches: { names: true, near: false, logLoss: true, logEarly: true },
  },
  {
    title: 'The fine print',
    caption:
      'With a final state that knows nothing, $d^{-1/2}$ starts at $\\ln V+\\tfrac12$. With post-norm, or with embeddings multiplied by $\\sqrt d$ (as in the original Transformer, and here), the final state still **points at its input word**. At first $\\rho$ = {{initialAlignment2}}, so $d^{-1/2}$ starts at **{{initialLoss2}}** nats, against $\\ln V$ = {{lnVocab}}. The other model has the 0.02 of GPT-2 and starts at {{initialLoss1}}.',
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
