/** Functions of a lab's parameter table: validation, defaults, reading text. Used by the page and the worker. */
import { count } from '../count.ts'
import type { Lab } from './lab.ts'
import { numberOf } from './numberText.ts'
import type {
  FileFacts,
  NumberParameter,
  NumberVariation,
  Parameter,
  ParameterValue,
  ParameterValues,
  TextParameter,
} from './parameter.ts'

/** A number parameter with the range, step and default for certain values of the other parameters. */
interface VariedParameter extends NumberParameter {
  readonly because?: string
  /** The parameter as the table has it. */
  readonly general: NumberParameter
}

/**
 * A parameter with its range, step and default for these values of the others and this file of the user's
 * (`NumberParameter.when`).
 */
export function resolved(
  parameter: NumberParameter,
  values: ParameterValues,
  file?: FileFacts,
): NumberParameter
export function resolved(parameter: Parameter, values: ParameterValues, file?: FileFacts): Parameter
export function resolved(parameter: Parameter, values: ParameterValues, file?: FileFacts): Parameter {
  const variation = 'when' in parameter ? parameter.when?.(values, file) : undefined
  return variation ? varied(parameter as NumberParameter, variation) : parameter
}

function varied(general: NumberParameter, variation: NumberVariation): VariedParameter {
  const parameter = { ...general, ...variation, general }
  return { ...parameter, default: nearest(parameter, parameter.default) }
}

/** The permitted value nearest to a number. */
export function nearest({ minimum, maximum }: NumberParameter, value: number): number {
  return Math.min(maximum, Math.max(minimum, value))
}

/** The reason why a number is refused; undefined unless the other parameters' values make its range narrower. */
export function refusedBecause(parameter: Parameter, value: number): string | undefined {
  const { because, general, minimum, maximum } = parameter as VariedParameter
  const above = value > maximum && maximum < general?.maximum
  const below = value < minimum && minimum > general?.minimum
  return above || below ? because : undefined
}

/** "1,000" or "0.0001": the form of numbers in messages. */
function shown(value: number): string {
  return Number.isInteger(value) ? count(value) : String(value)
}

/** "a whole number from 16 to 4,096", "one of unit, inverseSqrt", "true or false". */
export function permitted(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'choice':
      return `one of ${parameter.options.map((option) => option.value).join(', ')}`
    case 'flag':
      return 'true or false'
    case 'text':
      return parameter.permitted
    default:
      if (parameter.values) return `one of ${parameter.values.join(', ')}`
      return `a ${parameter.integer ? 'whole ' : ''}number from ${shown(parameter.minimum)} to ${shown(parameter.maximum)}`
  }
}

/** At most 40 characters of a value from outside, for a message. */
export function quoted(value: unknown): string {
  let text = String(value)
  if (typeof value === 'string' || (typeof value === 'object' && value !== null))
    try {
      text = JSON.stringify(value)
    } catch {
      // for an object that refers to itself, only its kind is given
    }
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

const mostListed = 4
const longestName = 20

/** Names from outside, for a message: '"a"', '"a" and "b"', '"a", "b", "c", "d" and 196 more'. */
export function listed(names: readonly string[]): string {
  const briefly = (name: string) =>
    quoted(name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name)
  const left = names.length - mostListed
  const shown = names.slice(0, left > 1 ? mostListed : names.length).map(briefly)
  if (left > 1) shown.push(`${left} more`)
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown[0]
}

function refuse(parameter: Parameter, value: unknown, fault?: string): string {
  const reason = fault ? `${fault}; ` : ''
  return `${parameter.id} = ${quoted(value)} is not permitted: ${reason}${parameter.id} is ${permitted(parameter)}.`
}

function validateText(parameter: TextParameter, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(refuse(parameter, value))
  const fault =
    value.length > parameter.maximumLength
      ? `it is longer than ${parameter.maximumLength} characters`
      : parameter.fault(value)
  if (fault) throw new RangeError(refuse(parameter, value, fault))
  return value
}

function isPermitted({ minimum, maximum, values, integer }: NumberParameter, value: number): boolean {
  const inRange = value >= minimum && value <= maximum
  return inRange && (values?.includes(value) ?? true) && (!integer || Number.isInteger(value))
}

function validateNumber(parameter: NumberParameter, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(refuse(parameter, value))
  if (!isPermitted(parameter, value))
    throw new RangeError(refuse(parameter, value, refusedBecause(parameter, value)))
  return value
}

/** The value itself. Throws a TypeError (wrong kind) or RangeError (outside) that names parameter, value and range. */
export function validate(parameter: Parameter, value: unknown): ParameterValue {
  switch (parameter.kind) {
    case 'choice':
      if (typeof value !== 'string') throw new TypeError(refuse(parameter, value))
      if (!parameter.options.some((option) => option.value === value))
        throw new RangeError(refuse(parameter, value))
      return value
    case 'flag':
      if (typeof value !== 'boolean') throw new TypeError(refuse(parameter, value))
      return value
    case 'text':
      return validateText(parameter, value)
    default:
      return validateNumber(parameter, value)
  }
}

/** The value that a text from an address or an input field stands for. Throws as `validate`. */
export function parse(parameter: Parameter, text: string): ParameterValue {
  switch (parameter.kind) {
    case 'choice':
    case 'text':
      return validate(parameter, text)
    case 'flag':
      if (text !== 'true' && text !== 'false') throw new TypeError(refuse(parameter, text))
      return text === 'true'
    default: {
      const number = numberOf(text, (value) => isPermitted(parameter, value))
      if (number === undefined) throw new TypeError(refuse(parameter, text))
      return validateNumber(parameter, number)
    }
  }
}

/** Whether the range of a parameter depends on the values of others. */
export const depends = (parameter: Parameter): parameter is NumberParameter =>
  'when' in parameter && parameter.when !== undefined

/** The parameters whose range depends on others come last, so that these are known by then. */
export function byDependence(table: readonly Parameter[]): readonly Parameter[] {
  return [...table.filter((one) => !depends(one)), ...table.filter(depends)]
}

/** All values of a table: those that are given, else the defaults beside them. */
export function defaults(
  table: readonly Parameter[],
  given: ParameterValues = {},
  file?: FileFacts,
): ParameterValues {
  const plain = Object.fromEntries(table.map((parameter) => [parameter.id, parameter.default]))
  const values = { ...plain, ...given }
  return Object.fromEntries(
    table.map((parameter) => [
      parameter.id,
      given[parameter.id] ?? resolved(parameter, values, file).default,
    ]),
  )
}

/**
 * Checks a patch to `values` as a whole: either all of it is permitted or nothing is taken. Throws a RangeError
 * for an unknown id, else as `validate`; one message reports several faults.
 */
export function validatePatch(
  table: readonly Parameter[],
  patch: Readonly<Record<string, unknown>>,
  values: ParameterValues = defaults(table),
  file?: FileFacts,
): ParameterValues {
  if (typeof patch !== 'object' || patch === null)
    throw new TypeError(`Parameters are an object of ids and values, not ${quoted(patch)}.`)
  const valid: Record<string, ParameterValue> = {}
  const faults: Error[] = []
  const take = (work: () => void) => {
    try {
      work()
    } catch (fault) {
      faults.push(fault as Error)
    }
  }
  for (const parameter of byDependence(table))
    if (Object.hasOwn(patch, parameter.id))
      take(() => {
        valid[parameter.id] = validate(
          resolved(parameter, { ...values, ...valid }, file),
          patch[parameter.id],
        )
      })
  const unknown = Object.keys(patch).filter((id) => !table.some((one) => one.id === id))
  if (unknown.length > 0)
    take(() => {
      const are = unknown.length > 1 ? 'are no parameters' : 'is no parameter'
      const known = table.map((one) => one.id).join(', ')
      throw new RangeError(`${listed(unknown)} ${are} of this lab: its parameters are ${known}.`)
    })
  if (faults.length === 0) return valid
  const message = faults.map((fault) => fault.message).join(' ')
  throw faults.every((fault) => fault instanceof TypeError) ? new TypeError(message) : new RangeError(message)
}

/** The values of the preset that a patch names, then those of the patch itself. */
export function filled<Patch extends Readonly<Record<string, unknown>>>(
  { presets = {} }: Pick<Lab, 'presets'>,
  patch: Patch,
): ParameterValues & Patch {
  const preset = String(patch?.preset)
  return { ...(Object.hasOwn(presets, preset) && presets[preset]), ...patch }
}

/** Of a patch, the preset alone: with its values all others are checked. */
const presetOf = (patch: Readonly<Record<string, unknown>>): ParameterValues =>
  typeof patch?.preset === 'string' ? { preset: patch.preset } : {}

/** Fills in the values of a preset; a value that differs from the present preset's makes the preset `custom`. */
function withPreset(
  lab: Pick<Lab, 'presets'>,
  patch: ParameterValues,
  values: ParameterValues,
): ParameterValues {
  const meant = lab.presets?.[String(patch.preset ?? values.preset)] ?? {}
  const change = filled(lab, patch)
  const differs = Object.entries(meant).some(([id, value]) => id in change && change[id] !== value)
  return differs ? { ...change, preset: 'custom' } : change
}

/**
 * Adds the values that a change pushes out of their range without naming them, as the permitted ones nearest to what is
 * `wished`. A range that grows again gives them back in this way.
 */
function withFollowers(
  table: readonly Parameter[],
  patch: ParameterValues,
  values: ParameterValues,
  file: FileFacts | undefined,
  wished: ParameterValues,
): ParameterValues {
  const followers: Record<string, ParameterValue> = {}
  for (const parameter of table.filter(depends)) {
    const { id } = parameter
    if (id in patch) continue
    const value = nearest(
      resolved(parameter, { ...values, ...patch }, file),
      Number({ ...values, ...wished }[id]),
    )
    if (value !== values[id]) followers[id] = value
  }
  return { ...patch, ...followers }
}

/**
 * The values that ranges have pushed aside after a change to `values`: those before, without the named ones and those
 * that have come back.
 */
export function wishedAfter(
  table: readonly Parameter[],
  named: ParameterValues,
  change: ParameterValues,
  values: ParameterValues,
  wished: ParameterValues,
): ParameterValues {
  const moved = table.filter((one) => depends(one) && one.id in change && !(one.id in named))
  const aside = { ...Object.fromEntries(moved.map(({ id }) => [id, values[id]])), ...wished }
  const left = Object.entries(aside).filter(([id, value]) => !(id in named) && change[id] !== value)
  return Object.fromEntries(left)
}

/** Of values that are not named, those that ranges hold below the table's default: the default is wished. */
export function wishedBeyond(
  table: readonly Parameter[],
  named: ParameterValues,
  values: ParameterValues,
  file?: FileFacts,
): ParameterValues {
  const held = table.filter(depends).filter((parameter) => {
    const { maximum } = resolved(parameter, values, file)
    return !(parameter.id in named) && values[parameter.id] === maximum && maximum < parameter.default
  })
  return Object.fromEntries(held.map((one) => [one.id, one.default]))
}

/** A patch of ours whose values move into the ranges that the other values and the user's file leave them. */
export function fitted(
  table: readonly Parameter[],
  patch: ParameterValues,
  values: ParameterValues,
  file?: FileFacts,
): ParameterValues {
  const held = table.filter((one) => depends(one) && one.id in patch)
  const near = (one: NumberParameter) =>
    nearest(resolved(one, { ...values, ...patch }, file), Number(patch[one.id]))
  return { ...patch, ...Object.fromEntries(held.map((one) => [one.id, near(one as NumberParameter)])) }
}

/** The parameter that a run may ask the audience for (`NumberParameter.asks`). */
export function askedParameter(table: readonly Parameter[]): NumberParameter | undefined {
  return table.find((one): one is NumberParameter => 'asks' in one && one.asks === true)
}

/** Removes the answer to a run's question, if the patch begins another run and names no answer. */
function withoutAnswer(
  table: readonly Parameter[],
  patch: ParameterValues,
  values: ParameterValues,
): ParameterValues {
  const asked = askedParameter(table)
  if (!asked || values[asked.id] === asked.default || !restartsRun(table, patch, values)) return patch
  return { [asked.id]: asked.default, ...patch }
}

/**
 * A checked patch with all changes that it causes: the values of a preset, values that are pushed out of their range,
 * and the answer to the old run's question. Throws a RangeError if the combination of values is not permitted.
 */
function together(
  lab: Pick<Lab, 'parameters' | 'conflict' | 'presets'>,
  patch: ParameterValues,
  values: ParameterValues,
  file?: FileFacts,
  wished: ParameterValues = {},
): ParameterValues {
  const named = withPreset(lab, patch, values)
  const followed = withFollowers(lab.parameters, named, values, file, wished)
  const change = withoutAnswer(lab.parameters, followed, values)
  const conflict = lab.conflict?.({ ...values, ...change }, file)
  if (conflict) throw new RangeError(conflict.message)
  return change
}

/** Whether a patch changes a value that is not live: then the run begins anew. */
export function restartsRun(
  parameters: readonly Parameter[],
  patch: ParameterValues,
  values: ParameterValues,
): boolean {
  const live = (id: string) => parameters.find((one) => one.id === id)?.live === true
  return Object.entries(patch).some(([id, value]) => !live(id) && value !== values[id])
}

/**
 * The values to open a lab with: the named ones, checked alone and together with the defaults of the others, and the
 * kept ones that the lab has, moved into their range. Throws as `validateChange`.
 */
export function validateOpening(
  lab: Pick<Lab, 'parameters' | 'conflict' | 'presets'>,
  named: Readonly<Record<string, unknown>>,
  kept: ParameterValues = {},
  file?: FileFacts,
): ParameterValues {
  const { parameters } = lab
  const known = parameters.filter(({ id }) => id in kept).map(({ id }) => [id, kept[id]])
  const own: ParameterValues = Object.fromEntries(known)
  const complete = (patch: ParameterValues) =>
    defaults(parameters, { ...filled(lab, own), ...filled(lab, patch) }, file)
  const valid = validatePatch(parameters, named, complete(presetOf(named)), file)
  return { ...filled(lab, own), ...together(lab, valid, complete(valid), file) }
}

/**
 * A patch to a lab's values, checked alone and together with them, with the changes that it causes: see `together`.
 * `wished` are values that ranges have pushed aside: they come back where they are permitted again.
 * Throws as `validatePatch`, and a RangeError if the combination of values is not permitted.
 */
export function validateChange(
  lab: Pick<Lab, 'parameters' | 'conflict' | 'presets'>,
  patch: Readonly<Record<string, unknown>>,
  values: ParameterValues,
  file?: FileFacts,
  wished?: ParameterValues,
): ParameterValues {
  const base = { ...values, ...filled(lab, presetOf(patch)) }
  return together(lab, validatePatch(lab.parameters, patch, base, file), values, file, wished)
}
