/** The part of the control that keeps what a link locks (lock.ts). */
import type { Lab } from '../labs/lab.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { quoted, validateChange } from '../labs/validation.ts'
import { fixedValues, type State } from './state.ts'

/** Throws a RangeError where the patch would change a value that the link fixes. */
export function refuseFixed(state: State, lab: Lab, patch: ParameterValues, wished: ParameterValues): void {
  const fixed = fixedValues(state)
  if (Object.keys(fixed).length === 0) return
  const values = state.values.peek()
  const changed =
    lab === state.lab.peek() ? validateChange(lab, patch, values, state.file.peek(), wished) : patch
  for (const { id } of lab.parameters)
    if (id in fixed && (changed[id] ?? fixed[id]) !== fixed[id])
      throw new RangeError(
        `${id} = ${changed[id]} is not permitted: the link to this page fixes it at ${fixed[id]}.`,
      )
}

/** Throws a RangeError for another lab where the link locks anything: it is about the open one. */
export function refuseOther({ lab: open, lock }: State, lab: Lab): void {
  if (lab !== open.peek() && lock.peek().length > 0)
    throw new RangeError(
      `${quoted(lab.id)} cannot be opened: the link to this page stays in the lab ${quoted(open.peek().id)}.`,
    )
}
