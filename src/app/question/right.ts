/** Which answers are right: some depend on the run's numbers. */
import type { Metrics } from '../../labs/experiment.ts'
import type { Answer } from '../../labs/story.ts'

export function isRight({ right }: Answer, metrics: Metrics | undefined): boolean {
  return typeof right === 'object' ? metrics?.[right.metric] === right.equals : right === true
}

/** The number that decides is there. */
export function isKnown({ right }: Answer, metrics: Metrics | undefined): boolean {
  return typeof right !== 'object' || Number.isFinite(metrics?.[right.metric])
}
