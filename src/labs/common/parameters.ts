/** How the labs write their parameters, and the parameters that several labs have. */
import type { ChoiceParameter, FlagParameter, NumberParameter } from '../parameter.ts'
import { schemeOptions } from './schemes.ts'

type Details = Omit<NumberParameter, 'id' | 'kind' | 'label' | 'minimum' | 'maximum' | 'default' | 'values'>
type Range = readonly [minimum: number, maximum: number]

/** A number in this range, at first `start`. */
const numberOf =
  <Kind extends NumberParameter['kind']>(kind: Kind) =>
  <Id extends string>(id: Id, label: string, [minimum, maximum]: Range, start: number, more: Details) => ({
    id,
    kind,
    label,
    minimum,
    maximum,
    default: start,
    ...more,
  })

export const number = numberOf('number')
export const logNumber = numberOf('logNumber')

/** A whole number. The keys change it by 1. */
export const whole = <Id extends string>(id: Id, label: string, range: Range, start: number, more: Details) =>
  number(id, label, range, start, { integer: true, step: 1, ...more })

/** One of the options, at first `start`. */
export const choice = <Id extends string, const Options extends ChoiceParameter['options']>(
  id: Id,
  label: string,
  start: NoInfer<Options[number]['value']>,
  more: Omit<ChoiceParameter, 'id' | 'kind' | 'label' | 'default' | 'options'> & {
    readonly options: Options
  },
) => ({ id, kind: 'choice', label, default: start, ...more }) as const

/** A switch that is off at first. */
export const flag = <Id extends string>(
  id: Id,
  label: string,
  more: Pick<FlagParameter, 'help' | 'relevant'>,
) => ({ id, kind: 'flag', label, default: false, ...more }) as const

export const seed = whole('seed', 'seed', [0, 4294967295], 1, {
  help: 'The seed decides every random draw. The same seed gives the same run.',
})

/** The embedding table of a language model: its width, its words, and its std by a rule or as a number. */
export const dModel = {
  id: 'dModel',
  kind: 'logNumber',
  label: 'd_model',
  integer: true,
  help: 'Width of the model: the number of entries in the embedding of a word.',
} as const

export const vocab = {
  id: 'vocab',
  kind: 'logNumber',
  label: 'vocabulary',
  unit: 'words',
  integer: true,
  help: 'Number of words in the vocabulary: rows of the embedding table. The table is also the output head.',
} as const

export const scheme = { kind: 'choice', options: schemeOptions } as const

export const std = logNumber('std', 'custom std', [1e-4, 10], 0.1, {
  help: 'The standard deviation that “custom” uses.',
})
