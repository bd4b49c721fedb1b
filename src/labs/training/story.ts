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
      'Two language models learn to guess the next word of the *State of the Union* addresses. They train now, in this page, on the same words, and differ in **one line of code**. After step {{step}}, [**A**](curve:a) loses {{loss1}} nats a word and [**B**](curve:b) {{loss2}}. A blind guess among $V$ words costs [$\\ln V$](curve:lnV) = {{lnVocab}}.',
    patch: training,
    panels: ['curves', 'early'],
    sliders: ['learningRate'],
    switches: { names: false, near: false, logLoss: false, logEarly: true },
    hides: ['scheme1', 'scheme2', 'std', 'logitStd1', 'logitStd2', 'alignment1', 'alignment2'],
    veils: ['repeat', 'logits', 'landscape', 'norms', 'text'],
    uncovers: { names: true },
    question: {
      text: 'A starts far above ln V and comes down slowly. What is wrong with it?',
      answers: [
        {
          text: 'Too high a learning rate',
          reason: 'The loss is wrong before the first update, and the learning rate plays no part there.',
        },
        {
          text: 'The wrong std of its embedding',
          right: true,
          reason:
            'The head is the embedding table. Entries of std 1 (standard deviation 1) make logits of std √d. So the model is confident, and wrong, from the start.',
        },
        {
          text: 'Attention to the wrong words',
          reason:
            'The words do not matter here. A final state that knows nothing should cost ln V, not many times as much.',
        },
        {
          text: 'Too small a model',
          reason: 'Both models have the same size, and the other one learns.',
        },
      ],
    },
  },
  {
    title: 'The diagnosis, at step 0',
    caption:
      '[A](curve:a) is the model with std 1. Before its first update its logits had a std of **{{initialLogitStd1}}**, about $\\sqrt d$. The residual path carries the input word to the head, and the head is the same table. So the final state pointed at the input word: [ρ](curve:a+rho), the cosine between both, was {{initialAlignment1}}. The logit of that word was about $\\rho\\,d$, far above all others, and its [probability](curve:a+own) was **{{initialOwnProbability1}}**. A paid **{{initialLoss1}} nats** a word for it.',
    patch: training,
    panels: ['text', 'repeat'],
    sliders: ['dModel'],
    switches: { names: true, near: false, logLoss: false, logEarly: true },
    hides: ['initialOwnProbability1'],
    veils: ['text', 'repeat', 'landscape'],
    holds: 'start',
    question: {
      text: 'Before any training, how does A go on with a sentence?',
      answers: [
        {
          text: 'With random words',
          reason: 'B does so, because it knows nothing. But A is certain.',
        },
        {
          text: 'With its last word, again and again',
          right: true,
          reason: 'The input word has by far the largest logit. A is certain that every word comes twice.',
        },
        {
          text: 'With the most frequent words',
          reason: 'It has seen no word yet, so it does not know which words are frequent.',
        },
      ],
    },
  },
  {
    title: 'The one-line fix',
    needs: 100,
    caption:
      '```python\nnn.init.normal_(E.weight, std=1.0)              # A\nnn.init.normal_(E.weight, std=d_model ** -0.5)  # B\n```\n\nBefore training [A](curve:a) lost {{initialLoss1}} nats a word, and [B](curve:b) **{{initialLoss2}}**. Now, after step {{step}}: {{loss1}} and **{{loss2}}** nats, with logits of std {{logitStd1}} and **{{logitStd2}}**.',
    patch: training,
    panels: ['logits', 'landscape'],
    sliders: ['learningRate'],
    switches: { names: true, logLoss: true, logEarly: true, logLandscape: false },
  },
  {
    title: 'The race',
    needs: raceBegin,
    caption:
      'Both models train for 20 steps. Then the loss of [B](curve:b) on held-out words is [the goal](curve:goal): **{{raceGoal}} nats**. *How many steps* will [A](curve:a) need to reach it? Then the race goes on with your guess, and ends when A is there. Steps needed: **{{raceSteps}}**.',
    patch: { ...training, race: true },
    panels: ['curves'],
    sliders: ['raceGuess'],
    switches: { names: true, near: false, logLoss: true, logEarly: true },
    question: {
      text: 'How many steps in all does model A need to reach the goal?',
      atEnd: true,
      guess: {
        metric: 'raceSteps',
        within: 0.25,
        reason:
          'A comes down from its high loss by many small steps: each update moves an entry by at most about the learning rate, and the entries of A are $\\sqrt d$ times as large.',
      },
    },
  },
  {
    title: 'The fine print',
    caption:
      'With a final state that knows nothing, [$d^{-1/2}$](curve:b) starts at [$\\ln V+\\tfrac12$](curve:half), and [$\\ln V$](curve:lnV) is {{lnVocab}}. The original Transformer multiplies its embeddings by $\\sqrt d$, and so do both models here. Then the final state **points at its input word**: at step 0, [ρ](curve:b+rho) was {{initialAlignment2}}. So $d^{-1/2}$ started at **{{initialLoss2}}** nats. [The other model](curve:a) has the 0.02 of GPT-2 and started at {{initialLoss1}}.',
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
    sliders: ['embeddingScale', 'dModel'],
    switches: { names: true, near: false, logLoss: true, logEarly: true },
    hides: ['loss2', 'validationLoss2', 'alignment2', 'initialLoss2', 'initialAlignment2'],
    veils: ['curves', 'early', 'repeat', 'logits', 'landscape', 'text'],
    holds: 'start',
    question: {
      text: 'The embeddings are multiplied by √d. Where does $d^{-1/2}$ start now?',
      answers: [
        {
          text: 'At $\\ln V+\\tfrac12$, as before',
          reason:
            'That needs a final state that points at no word. Here the input word is still in the final state.',
        },
        {
          text: 'More than a nat above $\\ln V$',
          right: true,
          reason:
            'Times √d, the embedding is a large part of the final state. So this state still points at the input word (see ρ), and the model expects that word again.',
        },
        {
          text: 'Below $\\ln V$',
          reason: 'It has learned nothing yet. What it says about the next word is a guess.',
        },
      ],
    },
  },
]
