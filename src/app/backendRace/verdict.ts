/** What the race of backends says in words. */
import { count, counted } from '../../count.ts'
import type { BackendRaceRow, BackendRaceState } from '../../engine/raceProtocol.ts'
import { sentence } from '../../faults.ts'
import { rowName, tie } from '../compare/names.ts'
import { formatMilliseconds, formatNumber, formatRate, spokenDigits } from '../format.ts'

const speed = ({ steps, milliseconds }: BackendRaceRow) => steps / milliseconds

/** "a", "a and b", "a, b and c". */
const listed = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

/** Who is ahead, and by which factor. */
function standing(rows: readonly BackendRaceRow[], over: boolean): string[] {
  const moving = rows.filter(({ steps }) => steps > 0).sort((one, other) => speed(other) - speed(one))
  const [first, ...others] = moving
  if (!first) return over ? ['Nobody has finished a step.'] : []
  const level = others.filter((one) => speed(first) / speed(one) < tie)
  const behind = others.filter((one) => !level.includes(one))
  const leaders = listed([first, ...level].map(rowName))
  const took = `${counted(Math.floor(first.steps), 'step')} in ${formatMilliseconds(first.milliseconds)}`
  const sentences: string[] = []
  if (rows.length === 1) sentences.push(`Only ${leaders} races here${over ? `: ${took}` : ''}.`)
  else if (level.length > 0) sentences.push(`${leaders} are level, within 5 %.`)
  else if (over) sentences.push(`${leaders} is first: ${took}.`)
  else sentences.push(`${leaders} is ahead.`)
  const ratios = behind.map(
    (one) => `${formatNumber(speed(first) / speed(one), spokenDigits)} times as fast as ${rowName(one)}`,
  )
  if (ratios.length > 0) sentences.push(`${level.length > 0 ? 'They are' : 'It is'} ${listed(ratios)}.`)
  const still = rows.filter(({ steps }) => steps === 0)
  for (const one of still)
    sentences.push(`${rowName(one)} has not finished a step${over ? ' in that time' : ' yet'}.`)
  return sentences
}

const hasBegun = ({ phase }: BackendRaceState) => phase !== 'preparing' && phase !== 'ready'

export function verdict(state: BackendRaceState): string {
  const running = state.rows.filter((row) => row.phase !== 'out')
  if (running.length === 0) return 'No backend could race.'
  return hasBegun(state) ? standing(running, state.phase === 'over').join(' ') : ''
}

/** Why one is out, as a sentence. */
export const outBecause = ({ error }: BackendRaceRow) => `Out of the race: ${sentence(error ?? 'it failed')}`

/** What has to be said beside the verdict: the lanes themselves show who is out. */
export function remark(state: BackendRaceState): string {
  return hasBegun(state) && state.rows.some((row) => row.software && row.phase !== 'out')
    ? 'A software adapter computes on the processor: this says nothing about a real GPU.'
    : ''
}

/** The result as it is heard. */
export function spoken(state: BackendRaceState): string {
  const out = state.rows.filter((row) => row.phase === 'out')
  const failures = out.map((row) => `${rowName(row)}: ${outBecause(row)}`)
  return [verdict(state), ...failures, remark(state)].filter(Boolean).join(' ')
}

/** The figures of one that has begun: name and value. */
export function figures(
  row: BackendRaceRow,
  finish: number | undefined,
): readonly (readonly [string, string])[] {
  const { steps, milliseconds, millisecondsPerStep, gigaflopsPerSecond } = row
  const done = count(Math.floor(steps + 1e-9))
  const rates = [`${formatNumber(1000 / millisecondsPerStep, spokenDigits)} steps/s`]
  const work = formatRate(gigaflopsPerSecond * 1e3)
  if (work !== '–') rates.push(work)
  return [
    ['steps', finish === undefined ? done : `${done} of ${count(finish)}`],
    ['clock', formatMilliseconds(milliseconds)],
    ['a step', formatMilliseconds(millisecondsPerStep)],
    ['rate', Number.isNaN(millisecondsPerStep) ? '–' : rates.join(' · ')],
  ]
}
