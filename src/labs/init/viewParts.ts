/** What both views of the init lab draw with: words, colours and shapes of the schemes. */
import type { Role } from '../../stage/contract.ts'
import type { Scheme } from './parameters.ts'

export const roles: Readonly<Record<Scheme, Role>> = {
  unit: 'broken',
  inverseSqrt: 'fixed',
  gpt2: 'third',
  custom: 'target',
}

export const shapes = { unit: 'circle', inverseSqrt: 'diamond', gpt2: 'square', custom: 'triangle' } as const

export const five = (value: number) =>
  Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value)
/** A number in a note or at a rule, which must not flicker while it changes. */
export const brief = (value: number) =>
  !Number.isFinite(value) ? five(value) : Math.abs(value) < 1 ? value.toPrecision(2) : value.toFixed(2)
/** Two digits, or three of 100 %. */
export const percent = (value: number) =>
  `${value < 0.0995 ? (100 * value).toPrecision(2) : (100 * value).toFixed(0)} %`
export const nats = (value: number) => `${five(value)} nats`
export const count = (value: number) => value.toLocaleString('en-US')
