/** What the command line asks for: `--quick`, `--small` or `--full`, `--minutes 5` and `--out FOLDER`. */
import { parseArgs } from 'node:util'
import { adapter } from './dawn.ts'

/** `quick` tries that the bundle runs, `small` suits adapters that compute on the CPU, `full` suits hardware. */
export type Size = 'quick' | 'small' | 'full'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    small: { type: 'boolean' },
    full: { type: 'boolean' },
    minutes: { type: 'string' },
    out: { type: 'string', default: '.' },
  },
})

const asked = (['quick', 'small', 'full'] as const).find((size) => values[size])
export const size: Size = asked ?? (adapter.software ? 'small' : 'full')
export const folder = values.out

const usualMinutes = { quick: 0.5, small: 3, full: 5 }
const minutes = Number(values.minutes ?? usualMinutes[size])
if (!(minutes > 0 && minutes <= 60))
  throw new RangeError(`--minutes is a number above 0, up to 60, not ${values.minutes}.`)

/** Shares of the time that are over when a section ends, counted from the start of the process. */
const ends = { kernels: 0.5, loops: 0.8, all: 0.95 }
/** Milliseconds. */
export const budget = minutes * 60_000
export const timeIsOver = (section: keyof typeof ends) => performance.now() > budget * ends[section]

/** Whether the kernels' tests try cases that repeat others, as on every adapter but slow ones. */
export const everyCase = size === 'full'
