/** What follows from a lab's parameter table: validation, defaults, reading text. Used by the page and the worker. */
import type {
  Lab,
  NumberParameter,
  Parameter,
  ParameterValue,
  ParameterValues,
  TextParameter,
} from './lab.ts'

/** "1,000" or "0.0001": how numbers stand in messages. */
function shown(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value)
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
      // an object that refers to itself has no text but its kind
    }
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
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

function validateNumber(parameter: NumberParameter, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(refuse(parameter, value))
  const inRange = value >= parameter.minimum && value <= parameter.maximum
  const listed = parameter.values?.includes(value) ?? true
  if (!inRange || !listed || (parameter.integer && !Number.isInteger(value)))
    throw new RangeError(refuse(parameter, value))
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
      const number = Number(text)
      if (text.trim() === '' || Number.isNaN(number)) throw new TypeError(refuse(parameter, text))
      return validateNumber(parameter, number)
    }
  }
}

export function defaults(table: readonly Parameter[]): ParameterValues {
  return Object.fromEntries(table.map((parameter) => [parameter.id, parameter.default]))
}

/**
 * A patch checked as a whole: either all of it is permitted or nothing is taken. Throws a RangeError for an
 * unknown id, else as `validate`; several faults are told together.
 */
export function validatePatch(
  table: readonly Parameter[],
  patch: Readonly<Record<string, unknown>>,
): ParameterValues {
  if (typeof patch !== 'object' || patch === null)
    throw new TypeError(`Parameters are an object of ids and values, not ${quoted(patch)}.`)
  const values: Record<string, ParameterValue> = {}
  const faults: Error[] = []
  for (const [id, value] of Object.entries(patch)) {
    const parameter = table.find((candidate) => candidate.id === id)
    try {
      if (!parameter)
        throw new RangeError(
          `${quoted(id)} is no parameter of this lab: its parameters are ${table.map((one) => one.id).join(', ')}.`,
        )
      values[id] = validate(parameter, value)
    } catch (fault) {
      faults.push(fault as Error)
    }
  }
  if (faults.length === 0) return values
  const message = faults.map((fault) => fault.message).join(' ')
  throw faults.every((fault) => fault instanceof TypeError) ? new TypeError(message) : new RangeError(message)
}

/** What a preset stands for is filled in; a value that differs from the present preset's makes it `custom`. */
function withPreset(
  { presets }: Pick<Lab, 'presets'>,
  patch: ParameterValues,
  values: ParameterValues,
): ParameterValues {
  if (!presets) return patch
  const meant = presets[String(patch.preset ?? values.preset)]
  const filled = patch.preset === undefined ? patch : { ...meant, ...patch }
  const differs = Object.entries(meant ?? {}).some(([id, value]) => id in filled && filled[id] !== value)
  return differs ? { ...filled, preset: 'custom' } : filled
}

/**
 * A patch to a lab's values, checked alone and together with them. Throws as `validatePatch`, and a RangeError
 * where the values may not be together.
 */
export function validateChange(
  lab: Pick<Lab, 'parameters' | 'conflict' | 'presets'>,
  patch: Readonly<Record<string, unknown>>,
  values: ParameterValues,
): ParameterValues {
  const valid = withPreset(lab, validatePatch(lab.parameters, patch), values)
  const conflict = lab.conflict?.({ ...values, ...valid })
  if (conflict) throw new RangeError(conflict.message)
  return valid
}
