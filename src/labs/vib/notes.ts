/** What a lecturer says at the steps of the VIB lab, and what students get wrong there. */
import type { StepNotes } from '../notes.ts'

export const notes: readonly StepNotes[] = [
  {
    minutes: 4,
    say: [
      'An ordinary classifier may remember all of an image. Here every bit of memory has a price.',
      'Look at a cloud: μ is its place, σ is its size. Large clouds that overlap say little about the image.',
      'Raise β and watch the clouds grow and come together.',
    ],
    mistakes: [
      {
        wrong: 'They think that two dimensions hold little information.',
        helps:
          'At β = 10⁻⁶, rates from 206 to 469 nats were measured in this plane. Small σ is what makes room.',
      },
      {
        wrong: 'They drag β to 1,000 and back, and think that the page is broken.',
        helps:
          'Such a model stays collapsed, because Adam forgets its large gradients slowly. Restart the run.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'You cannot differentiate the throw of a die.',
      'So we throw it first, outside of the network, and what remains is arithmetic.',
      'Draw it at the board: σ is multiplied by the noise, then μ is added.',
    ],
    mistakes: [
      {
        wrong: 'They draw an arrow from the encoder into the noise V.',
        helps: 'V comes from N(0, I) and depends on nothing.',
      },
      {
        wrong: 'They think that the trick removes the randomness.',
        helps: 'Z is as random as before. Only its derivative has a path now.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Ask the same question for each pair: does the network lie on the way to this loss?',
      'The rate is ready before anything is decoded.',
      'The task loss comes last, so it has seen both networks.',
    ],
    mistakes: [
      {
        wrong: 'They tick all four, because the sum is minimised.',
        helps: 'The gradient of a sum is a sum of gradients. One of the four terms is exactly 0.',
      },
      {
        wrong: 'They think that the random draw stops the task’s gradient.',
        helps: 'Go one step back: it passes through μ and σ.',
      },
    ],
  },
  {
    minutes: 2,
    say: [
      'Three of these numbers move at every step. The fourth never does.',
      'It is not rounded to 0. The same backward pass computes it.',
    ],
    mistakes: [
      {
        wrong: 'They compare the norms of two networks and call one of them more important.',
        helps: 'A norm depends on the scale of the parameters. Only the zero says something by itself.',
      },
    ],
  },
  {
    minutes: 6,
    say: [
      'Everybody decides on a curve before the run starts.',
      'While 68 models train: what happens at the left end, where information costs nothing? And at the right end?',
      'The four dots at each β differ only in their seed. Their spread shows how much is chance.',
    ],
    mistakes: [
      {
        wrong: 'They draw a curve that only rises.',
        helps:
          'With 2,000 images there is much to memorise by heart. A price on information works against that.',
      },
      {
        wrong: 'They expect 90 % at the right end.',
        helps: 'The digits are not equally frequent. A decoder that always says 1 has an error of 88.7 %.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Read it from right to left: the price rises, and the code gets cheaper.',
      'For a long way nothing of the digit is lost. What goes first is how this one person wrote it.',
      'Only near the left end does the digit itself begin to go.',
    ],
    mistakes: [
      {
        wrong: 'They read the height as accuracy.',
        helps:
          'It is information in nats. A model that is sure and wrong has less of it, even with few errors.',
      },
      {
        wrong: 'They think that more information can only help.',
        helps: 'All points on the flat part know as much about the digit. The rest of their code is a cost.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'A dip is easy to show and easy to misread. Ask what exactly is averaged.',
      'Twelve samples of the code give their opinions, and the mean decides.',
      'If only one sample decides, a large σ hurts more.',
    ],
    mistakes: [
      {
        wrong: 'They conclude that a bottleneck always improves the prediction.',
        helps: 'It helps with few images and with averages. With all 60,000 images the dip is shallow.',
      },
      {
        wrong: 'They judge the dip while the models still train.',
        helps: 'Wait for all 60 epochs.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'Read the numbers at the axes before you look at the shapes.',
      'You need two measures: how far the clouds reach, and how large one cloud is.',
      'Large clouds that all lie on each other: what can a decoder still read?',
    ],
    mistakes: [
      {
        wrong: 'They judge by the looks, and forget that the axes differ.',
        helps: 'Compare σ with the distance between the digits. The scale cancels.',
      },
      {
        wrong: 'They take the picture of β = 100 for a failed training.',
        helps: 'At this price the best code is no code. The model has found it.',
      },
    ],
  },
  {
    minutes: 4,
    say: [
      'The digits at the smallest β lie farthest apart. Is that model the best reader?',
      'Ask what the code has kept: the digit, or this very image?',
      'Vote now. The errors come when training has ended.',
    ],
    mistakes: [
      {
        wrong: 'They choose the picture with the widest gaps.',
        helps: 'Order among known images says little about new ones. The validation error asks new ones.',
      },
      {
        wrong: 'They take one run for a proof.',
        helps: 'Press N for another seed. A single run may differ by chance.',
      },
    ],
  },
  {
    minutes: 2,
    say: [
      'A code that costs nothing learns by heart. A code that costs too much is given up.',
      'Between them it keeps what it needs for the digit.',
    ],
    mistakes: [
      {
        wrong: 'They remember 10⁻³ as the best β.',
        helps: 'It depends on the data. With 2,000 images the error dipped up to about 10⁻².',
      },
      {
        wrong: 'They think that the third model needs more training.',
        helps:
          'At this price its loss cannot go below 2.30 nats, the entropy of the digits. It is at its goal.',
      },
    ],
  },
]
