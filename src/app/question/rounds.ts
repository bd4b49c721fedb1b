/** Which answers are right, and the arithmetic of counted hands: for the page and for its presenter window. */
import type { Metrics } from '../../labs/experiment.ts'
import type { Answer } from '../../labs/story.ts'
import type { State } from '../state.ts'

/** The largest count. */
export const most = 9999
export const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)
const percent = (share: number) => `${Math.round(100 * share)} %`

/** The counts with one of them changed. */
export function counted(
  rounds: State['hands']['value'],
  answer: number,
  by: (count: number) => number,
): readonly (readonly number[])[] {
  const last = rounds.at(-1) ?? []
  const next = last.map((count, index) => (index === answer ? Math.max(0, Math.min(most, by(count))) : count))
  return [...rounds.slice(0, -1), next]
}

/** The votes before and after a discussion stand beside each other: the last round and an empty one. */
export function nextRound(rounds: State['hands']['value']): State['hands']['value'] {
  const last = rounds.at(-1)
  return last?.some((count) => count > 0) ? [last, last.map(() => 0)] : rounds
}

/** "Right: 12 of 40 hands (30 %), then 31 of 42 (74 %)."; empty where no hand was counted. */
export function comparison(rounds: State['hands']['value'], right: readonly boolean[]): string {
  const said = rounds
    .filter((counts) => sum(counts) > 0)
    .map((counts) => {
      const hit = sum(counts.filter((_, index) => right[index]))
      return `${hit} of ${sum(counts)} (${percent(hit / sum(counts))})`
    })
  return said.length > 0 ? `Right hands: ${said.join(', then ')}.` : ''
}

/** Some answers depend on the run's numbers. */
export function isRight({ right }: Answer, metrics: Metrics | undefined): boolean {
  return typeof right === 'object' ? metrics?.[right.metric] === right.equals : right === true
}

/** The number that decides is there. */
export function isKnown({ right }: Answer, metrics: Metrics | undefined): boolean {
  return typeof right !== 'object' || Number.isFinite(metrics?.[right.metric])
}
