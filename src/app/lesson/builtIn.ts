/** Lessons that come with the page. The address names them by their ids. */
import type { LessonEntry, LessonPlan } from './plan.ts'

const step = (lab: string, number: number, minutes: number): LessonEntry => ({ lab, step: number, minutes })

/** All steps of a lab. */
const whole = (lab: string, minutes: readonly number[]) =>
  minutes.map((one, index) => step(lab, index + 1, one))

export const builtIn: Readonly<Record<string, LessonPlan>> = {
  '10-minutes': {
    title: 'Three ideas in 10 minutes',
    entries: [
      step('init', 1, 2),
      step('init', 5, 1),
      step('training', 2, 1),
      step('kl', 1, 1),
      step('kl', 3, 2),
      step('vib', 1, 1),
      step('vib', 5, 2),
    ],
  },
  '30-minutes': {
    title: 'Three ideas in 30 minutes',
    entries: [
      step('init', 1, 2),
      step('init', 2, 1),
      step('init', 4, 2),
      step('init', 5, 2),
      step('training', 1, 2),
      step('training', 2, 2),
      step('training', 3, 2),
      step('kl', 1, 2),
      step('kl', 2, 1),
      step('kl', 3, 3),
      step('kl', 8, 3),
      step('vib', 1, 2),
      step('vib', 5, 3),
      step('vib', 6, 3),
    ],
  },
  '75-minutes': {
    title: 'Three ideas in 75 minutes',
    entries: [
      ...whole('init', [2, 2, 2, 3, 2, 2, 2, 3]),
      ...whole('training', [2, 3, 2, 3, 3]),
      ...whole('kl', [2, 2, 3, 2, 2, 2, 3, 3, 2, 2]),
      ...whole('vib', [2, 2, 2, 2, 3, 2, 2, 2, 3, 1]),
    ],
  },
}
