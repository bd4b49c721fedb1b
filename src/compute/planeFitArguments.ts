/** What both backends check of a fit in the plane. */
import type { GaussianFitArguments, Tensor } from './backend.ts'
import { type CheckedFit, type Checks, checkFit } from './fitArguments.ts'

/** Columns of a row of `state`, and of `history`. */
const columns = { state: 20, history: 8 }

export interface CheckedPlaneFit<T extends Tensor> extends CheckedFit<T> {
  readonly diagonal: boolean
}

/** Throws a RangeError that names the argument. */
export function checkPlaneFit<T extends Tensor>(
  given: Checks<T>,
  parameters: GaussianFitArguments,
): CheckedPlaneFit<T> {
  const { divergence, diagonal = false } = parameters
  if (divergence !== 'forward' && divergence !== 'reverse')
    given.fail(`divergence must be forward or reverse in the plane, not ${divergence}.`)
  return { ...checkFit(given, parameters, columns), diagonal }
}
