/** What both views of the init lab draw with: words, colours and shapes of the schemes. */
import { format } from 'd3-format'
import type { Role } from '../../stage/contract.ts'
import { asKnown } from '../../stage/known.ts'
import { scientificText } from '../scientific.ts'
import type { Scheme } from './parameters.ts'

export const roles: Readonly<Record<Scheme, Role>> = {
  unit: 'second',
  inverseSqrt: 'first',
  gpt2: 'third',
  custom: 'truth',
}

/** How two models look whose names a riddle does not tell. */
export const anonymous = [
  { name: 'model A', role: 'truth', shape: 'square' },
  { name: 'model B', role: 'third', shape: 'triangle' },
] as const

export const shapes = { unit: 'circle', inverseSqrt: 'diamond', gpt2: 'square', custom: 'triangle' } as const

const significant = format(',.5~r')

/** Five digits, "50,257"; vast and tiny numbers as in captions: "1.585 × 10⁻⁷". */
export function five(value: number): string {
  if (Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return significant(value)
  return scientificText(value)
}

/** A measured number with its standard error: two digits of that, and the number as far. */
export function measuredText(value: number, error: number): string {
  if (!(Number.isFinite(value) && error > 0)) return five(value)
  const write = asKnown(error) ?? five
  return `${write(value)} ± ${write(error)}`
}
/** A number in a note or at a rule, which must not flicker while it changes. */
export const brief = (value: number) =>
  !Number.isFinite(value) ? five(value) : Math.abs(value) < 1 ? value.toPrecision(2) : value.toFixed(2)
/** Two digits, or three of 100 %. */
export const percent = (value: number) =>
  `${value < 0.0995 ? (100 * value).toPrecision(2) : (100 * value).toFixed(0)} %`
export const nats = (value: number) => `${five(value)} nats`
export const count = format(',d')
