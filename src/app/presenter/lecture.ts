/** The times of a lecture: since it began, and on each step. They are kept in this browser, so a reload loses nothing. */
import { keepText } from '../kept.ts'

export interface Lecture {
  readonly running: boolean
  /** When the times below were brought up to date, as of `Date.now`. */
  readonly at: number
  /** Milliseconds since the lecture began, without its pauses. */
  readonly elapsed: number
  /** Milliseconds that each step has taken. */
  readonly steps: Readonly<Record<string, number>>
}

export const newLecture: Lecture = { running: false, at: 0, elapsed: 0, steps: {} }

/** Adds the time until `now`, to the step that was shown meanwhile, too. */
export function advanced(lecture: Lecture, now: number, step: string | undefined): Lecture {
  // a computer's clock may be set back
  const passed = lecture.running ? Math.max(0, now - lecture.at) : 0
  const { steps } = lecture
  return {
    ...lecture,
    at: now,
    elapsed: lecture.elapsed + passed,
    steps: step === undefined ? steps : { ...steps, [step]: (steps[step] ?? 0) + passed },
  }
}

/** "4:05", and "1:04:05" from an hour on. */
export function timeText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const two = (value: number) => String(value % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds)}`
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`
}

const prefix = 'natlab-lecture-'
const day = 24 * 60 * 60 * 1000

function read(key: string): Lecture | undefined {
  const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Lecture | null
  return kept ? { ...newLecture, ...kept } : undefined
}

/** The lecture of this pair of windows; a new one where none is kept. Forgets those of other days. */
export function keptLecture(pair: string): Lecture {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(prefix) && Date.now() - (read(key)?.at ?? 0) > day) localStorage.removeItem(key)
    return read(prefix + pair) ?? newLecture
  } catch {
    // a browser may keep nothing for the page
    return newLecture
  }
}

/** Where the browser keeps nothing, the times end with the window. */
export function keepLecture(pair: string, lecture: Lecture): void {
  keepText(prefix + pair, JSON.stringify(lecture))
}
