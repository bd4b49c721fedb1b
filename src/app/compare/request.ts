/** Which sizes a comparison measures, checked by the lab's own table of parameters. */
import { count } from '../../count.ts'
import type { CompareRequest } from '../../engine/protocol.ts'
import type { Lab } from '../../labs/lab.ts'
import type { FileFacts, NumberParameter, ParameterValues } from '../../labs/parameter.ts'
import { type SizeAxis, sizeAxes } from '../../labs/sizes.ts'
import { quoted, validateChange } from '../../labs/validation.ts'

/** True for the lab's own range of its first size, or sizes, or the name of a size with or without sizes. */
export type SizeChoice =
  | boolean
  | readonly number[]
  | { readonly parameter: string; readonly values?: readonly number[] }

export interface ChosenSizes {
  readonly parameter: NumberParameter
  readonly sizes: NonNullable<CompareRequest['sizes']>
  /** The present value, if the present work is one of this axis. */
  readonly present?: number
}

const mostSizes = 32

function axisOf(lab: Lab, axes: readonly SizeAxis[], choice: SizeChoice): SizeAxis {
  const wanted = typeof choice === 'object' && 'parameter' in choice ? choice.parameter : axes[0]?.parameter
  const axis = axes.find(({ parameter }) => parameter === wanted)
  if (axis) return axis
  const known = axes.map(({ parameter }) => parameter).join(', ')
  throw new RangeError(
    known
      ? `${quoted(wanted)} is no size of this lab: its sizes are ${known}.`
      : `The lab ${lab.id} has no sizes.`,
  )
}

/** The sizes in ascending order; undefined for the range of the lab. Throws where they are no list of sizes. */
function given(choice: SizeChoice): readonly number[] | undefined {
  if (choice === true) return undefined
  if (typeof choice !== 'object' || choice === null)
    throw new TypeError(
      `sizes = ${quoted(choice)} is not permitted: sizes are true, a list, or { parameter, values }.`,
    )
  const list: unknown = 'parameter' in choice ? choice.values : choice
  if (list === undefined) return undefined
  if (!Array.isArray(list))
    throw new TypeError(`sizes = ${quoted(list)} is not permitted: sizes are a list of numbers.`)
  if (list.length > mostSizes)
    throw new RangeError(`${list.length} sizes are too many: at most ${mostSizes} are permitted.`)
  return [...new Set(list as number[])].sort((one, other) => one - other)
}

/** Throws a RangeError or a TypeError that names the refused size and the range. */
function valuesAt(
  lab: Lab,
  { parameter, from, along }: SizeAxis,
  size: number,
  values: ParameterValues,
  file: FileFacts | undefined,
): ParameterValues {
  const all = { ...values, ...validateChange(lab, { ...along, [parameter]: size }, values, file) }
  const [least, because] = from ?? [Number.NEGATIVE_INFINITY, '']
  if (size < least)
    throw new RangeError(
      `${parameter} = ${size} is not permitted: as a size it is at least ${count(least)}, because ${because}.`,
    )
  return all
}

/** Undefined where no sizes are wanted. */
export function chosenSizes(
  lab: Lab,
  choice: SizeChoice | undefined,
  values: ParameterValues,
  file?: FileFacts,
): ChosenSizes | undefined {
  if (choice === undefined || choice === false) return undefined
  const named = given(choice)
  const axis = axisOf(lab, sizeAxes[lab.id] ?? [], choice)
  const sizes: { size: number; values: ParameterValues }[] = []
  for (const size of named ?? axis.values)
    try {
      sizes.push({ size, values: valuesAt(lab, axis, size, values, file) })
    } catch (fault) {
      // of the lab's own range, what the other values do not permit is left out
      if (named) throw fault
    }
  const parameter = lab.parameters.find(({ id }) => id === axis.parameter) as NumberParameter
  const alike = Object.entries(axis.along ?? {}).every(([id, value]) => values[id] === value)
  const present = Math.max(Number(values[axis.parameter]), axis.from?.[0] ?? 0)
  return { parameter, sizes, ...(alike && { present }) }
}
