/** What a lecturer says at the steps of the KL lab, and what students get wrong there. */
import type { StepNotes } from '../notes.ts'

export const notes: readonly StepNotes[] = [
  {
    minutes: 4,
    say: [
      'There are two hills and only one bell. Something has to give way.',
      'Both plots use the same P and the same kind of Q. Only the order inside the KL differs.',
      'Before you answer, finish this sentence: the mean is taken over …',
    ],
    mistakes: [
      {
        wrong: 'They take the KL for a distance.',
        helps: 'A distance is the same both ways. Here the two ways give two different bells.',
      },
      {
        wrong: 'They guess from the names, forward and reverse.',
        helps: 'Ask where the logarithm becomes very large, and who has mass there.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Wherever P has mass and Q has nearly none, Q pays a high price. So it leaves nothing out.',
      'Do the sum at the board: the variance is 1 for a hill and 9 for the distance. That is 10, so σ is 3.16.',
      'See what does not trouble Q: its peak stands where P has almost nothing.',
    ],
    mistakes: [
      {
        wrong: 'They think that another start gives another end.',
        helps: 'Drag the start anywhere: this objective has one minimum.',
      },
      {
        wrong: 'They take the parts below 0 for an error.',
        helps: 'p·ln(p/q) is below 0 where q is larger than p. Only the whole integral is never below 0.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Now Q pays only where Q itself is. A hill that it leaves out sends no bill.',
      'Mass between the hills is dear. So Q gathers on one hill.',
      'There it is about twice as high as P. That is the price: nearly ln 2.',
    ],
    mistakes: [
      {
        wrong: 'They expect the other hill to cost very much.',
        helps: 'That is the forward KL: at this bell it is 7.86 nats. The reverse KL does not look there.',
      },
      {
        wrong: 'They think that the method chooses the better hill.',
        helps: 'Both hills are equally good. The slope at the start decides.',
      },
    ],
  },
  {
    minutes: 5,
    say: [
      'A single run shows one end. All these runs together show which starts lead where.',
      'There are three ends: one on each hill, and a broad bell in the middle.',
      'The broad bell is worse, 0.841 nats against 0.689. But a descent only feels the slope under its feet.',
    ],
    mistakes: [
      {
        wrong: 'They take the broad bell for the forward fit.',
        helps: 'It is narrower: σ is 2.74, and the forward fit has 3.16.',
      },
      {
        wrong: 'They think that a small push would free it.',
        helps: 'Start beside it: the descent comes back. It is a true minimum in μ and in σ.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Move the modes apart slowly, and stop when the table gets new rows.',
      'At ±2.5 there are three minima, and the middle is still the best: 0.481 nats against 0.667.',
      'At ±2.8 they are equal, at 0.684. Beyond that the hills win.',
    ],
    mistakes: [
      {
        wrong: 'They think that two hills in P make two minima.',
        helps: 'At ±1.2 P has two hills, and the reverse KL has one minimum.',
      },
      {
        wrong: 'They think that the middle vanishes once the hills are better.',
        helps: 'Read the table: it stays, and some starts still end in it.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Forward and reverse are the two ends of one slider.',
      'Go down slowly. For a long time almost nothing happens, and then the bell jumps.',
      'Both places are minima before and after the jump. What changes is where this start leads.',
    ],
    mistakes: [
      {
        wrong: 'They expect the bell to narrow step by step.',
        helps: 'Read σ: 3.05 at α = 0.5, and still 2.99 at 0.36.',
      },
      {
        wrong: 'They think that Jensen–Shannon has one minimum, as a fair middle.',
        helps: 'Choose it and try several starts: it has a minimum over both hills and one on each hill.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Here Q does not lack a second hill. It is not allowed to tilt.',
      'One bell gets too wide for the ridge, the other stays inside it.',
      'Both pay 0.830 nats. Remember this when a factorised posterior looks very sure of itself.',
    ],
    mistakes: [
      {
        wrong: 'They think that equal values mean equal fits.',
        helps: 'Two different questions can have the same number as their answer. Look at the widths.',
      },
      {
        wrong: 'They blame the optimiser for the narrow bell.',
        helps: 'A variance of 0.19 is the exact optimum. More steps do not help.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Nobody has to calculate now. Call out which edge I should drag.',
      'As long as each sticks out of the other, both values are infinite.',
      'Whoever finds it says why: where is which density 0?',
    ],
    mistakes: [
      {
        wrong: 'They try to make the common part larger.',
        helps: 'Its size does not count. One piece that sticks out is enough for ∞.',
      },
      {
        wrong: 'They mix up which one must lie inside.',
        helps: 'KL(P‖Q) is a mean over P. It is finite if P lies inside Q.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Draw from Q: half of the draws are impossible under P.',
      'One such draw proves that it did not come from P. No other evidence can make up for it.',
      'Draw from P instead: every draw is possible under Q, only half as likely.',
    ],
    mistakes: [
      {
        wrong: 'They take ∞ for an overflow of the computer.',
        helps: 'No number grew too large here. The page carries ∞ as a value.',
      },
      {
        wrong: 'They fear the places where q is 0 as well.',
        helps: 'There q·ln(q/p) is 0: no mass, no cost.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Many programs do this silently: they add an epsilon before they take the logarithm.',
      'At ε = 10⁻³ the number is 4.25, at 10⁻⁴ it is 5.41. Nothing about P or Q has changed.',
      'So a smoothed KL means nothing without its ε.',
    ],
    mistakes: [
      {
        wrong: 'They read the finite number as the KL.',
        helps: 'The KL is ∞. This is another quantity, and it grows without end as ε goes to 0.',
      },
      {
        wrong: 'They think that a tiny ε is nearly exact.',
        helps: 'The forward value does settle, at ln 2. The reverse value never does.',
      },
    ],
  },
]
