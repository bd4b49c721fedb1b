/** What a lecturer says at the steps of the training lab, and what students get wrong there. */
import type { StepNotes } from '../notes.ts'

export const notes: readonly StepNotes[] = [
  {
    minutes: 4,
    say: [
      'Both curves fall, so at first sight both programs work.',
      'Look at step 0 with seed 1: 38.3 nats against 7.31. A blind guess costs 6.91.',
      'What can be wrong before the first update is done?',
    ],
    mistakes: [
      {
        wrong: 'They read only the slope, and say that the upper model learns faster.',
        helps: 'It only takes back a wrong start. Compare the heights at the same step.',
      },
      {
        wrong: 'They want to change the learning rate.',
        helps: 'At step 0 no learning rate has been used. Ask for the loss there.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'Ask the broken model what comes next. It says the word that it has just read.',
      'With seed 1 it gives that word a probability of 0.968 before any training.',
      'It has never seen a text. It got this from its wiring alone.',
    ],
    mistakes: [
      {
        wrong: 'They think that it learned to repeat.',
        helps: 'This is step 0. The residual path carries the word to a head that is the same table.',
      },
      {
        wrong: 'They expect ρ = 1, because the word is carried along whole.',
        helps: 'The layers and the position add to the state. Here ρ is 0.643, and that is enough.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'In a review nobody sees this line: both versions run, and both learn.',
      'The logits are of size one now, at any width. With seed 1 the fixed model starts at 7.31 nats.',
      'So print the first loss of every new model, and compare it with ln V.',
    ],
    mistakes: [
      {
        wrong: 'They think that training repairs it anyway, so it does not matter.',
        helps: 'It does repair it. The next step counts how many updates that costs.',
      },
    ],
  },
  {
    minutes: 6,
    say: [
      'Write your guess down before anybody says a number aloud.',
      'The goal is what the fixed model has reached after 20 steps.',
      'While the race goes on: what does the slow model do with all these updates?',
      'With seed 1 it needs about 500.',
    ],
    mistakes: [
      {
        wrong: 'They guess two or three times as many steps, because the upper curve falls steeply.',
        helps: 'Adam moves an entry by about 0.001 in a step. Entries of size 1 have a long way to go.',
      },
      {
        wrong: 'They say that the race is decided by luck.',
        helps: 'Press N for another seed, and run it once more.',
      },
    ],
  },
  {
    minutes: 3,
    say: [
      'No rule holds without its conditions. This one needs a final state that points nowhere.',
      'Here the embedding is multiplied by √d, and it drowns what the layer adds.',
      'With seed 1 ρ is 0.658 at the start, and the rule gives 10.1 nats.',
    ],
    mistakes: [
      {
        wrong: 'They conclude that 0.02 is the better rule.',
        helps: 'Here it is small enough: 6.88 nats at the start. It is a constant, and the width is not.',
      },
      {
        wrong: 'They think that the Transformer itself is at fault.',
        helps: 'Ask what points where. With the factor 1 the same model starts near ln V + ½.',
      },
    ],
  },
]
