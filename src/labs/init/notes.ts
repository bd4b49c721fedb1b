/** What a lecturer says at the steps of the init lab, and what students get wrong there. */
import type { StepNotes } from '../notes.ts'

export const notes: readonly StepNotes[] = [
  {
    minutes: 4,
    say: [
      'Nothing is trained yet. These are the first numbers that two new programs print.',
      'Before you look for the mistake, say what a model should lose that knows nothing at all.',
      'A model that loses more than ln V is sure of something, and it is wrong.',
    ],
    mistakes: [
      { wrong: 'They look for a fault in the training.', helps: 'Ask how many updates were made: none.' },
      {
        wrong: 'They think that no loss can be above ln V.',
        helps: 'The loss −ln p has no upper end: it grows without limit as p goes to 0.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'A logit is a sum of 512 products, one for each entry of the vector.',
      'The entries are independent, so their variances add up: 512 times 1.',
      'The root of 512 is 22.6. A softmax takes the exponential of such numbers.',
    ],
    mistakes: [
      {
        wrong: 'They add standard deviations.',
        helps: 'Variances of independent terms add. The standard deviation grows with √d, not with d.',
      },
      {
        wrong: 'They think that layer normalisation prevents this.',
        helps: 'It fixes the length of the state. The length of the rows of E stays free.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Take the vote first, then drag.',
      'Theory says 95.9 nats at width 512 and 136 at width 1,024.',
      'The variance doubles, and the loss grows with its root.',
    ],
    mistakes: [
      {
        wrong: 'They say that the loss doubles.',
        helps: 'The loss is a difference of logits. Differences are as large as the standard deviation.',
      },
      {
        wrong: 'They expect a wider model to start better.',
        helps: 'Width helps what a model can learn. This one has learned nothing yet.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Follow one row with your eyes: one needle, and almost nothing beside it.',
      'Where the needle stands is chance. The right word is one of 50,257, and it is almost never there.',
      'The right word has an ordinary logit. The loss is how far the needle rises above it.',
    ],
    mistakes: [
      {
        wrong: 'They take the needles for something that was learned.',
        helps: 'Press N for a new seed: the needles stand elsewhere.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'One exponent changes, and the start is right at every width.',
      'The logits are not zero now. They are ordinary numbers, of size one.',
      'Drag the width through its whole range. Theory stays at 11.3 nats.',
    ],
    mistakes: [
      {
        wrong: 'They think that the fix has made the model good.',
        helps: 'It starts at a blind guess now. All learning is still to come.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'This model is not quite a blind guesser: it has weak opinions, and they are noise.',
      'Noise of variance 1 costs half a nat.',
      'So a first loss of 11.3 is right. With 10.8 all logits would be equal.',
    ],
    mistakes: [
      {
        wrong: 'They expect ln V, and call the half nat a fault.',
        helps: 'The mean of e^l is larger than e to the mean of l. The factor is e^(σ²/2).',
      },
      {
        wrong: 'They mix up the entropy and the loss.',
        helps: 'The entropy is what the model believes of itself. The loss asks the right word.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Here is a famous constant. If you know the rule, you need not remember it.',
      'At width 768 it is smaller than the rule, and theory says 11.0 nats.',
      'At width 4,096 it is larger than the rule, and theory says 11.6.',
    ],
    mistakes: [
      {
        wrong: 'They take 0.02 for the best value.',
        helps: 'It fits one width, 2,500. Follow its curve beyond that.',
      },
      {
        wrong: 'They think that a start nearer to ln V is always better.',
        helps: 'The start only has to be near it. Half a nat is no fault.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Until now the state was random. In a real model the residual path brings the input word along.',
      'So the first thing the model says is: the same word again.',
      'Drag ρ down slowly. Theory says 15.8 nats at 0.7, and 11.3 at 0.3.',
    ],
    mistakes: [
      {
        wrong: 'They think that d^(−½) is always enough.',
        helps: 'It is right for a state that points nowhere. Ask what reaches the head.',
      },
      {
        wrong: 'They blame the tied table itself.',
        helps: 'With ρ near 0 the tied table starts well. What counts is where the state points.',
      },
    ],
  },
]
