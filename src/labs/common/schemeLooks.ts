/** The looks of the schemes in the pictures of every lab. */
import type { Role } from '../../stage/contract.ts'
import type { Scheme } from './schemes.ts'

export const schemeLabels: Readonly<Record<Scheme, string>> = {
  unit: 'std 1',
  inverseSqrt: 'std 1/√d',
  gpt2: 'std 0.02',
  custom: 'custom std',
}

export const roles: Readonly<Record<Scheme, Role>> = {
  unit: 'second',
  inverseSqrt: 'first',
  gpt2: 'third',
  custom: 'truth',
}

export const shapes = { unit: 'circle', inverseSqrt: 'diamond', gpt2: 'square', custom: 'triangle' } as const

/** The names of two models while a riddle hides their schemes. Their colours stay: after the riddle they are known. */
export const anonymous = ['model A', 'model B'] as const
