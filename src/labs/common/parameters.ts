/** Parameters that several labs have. Each lab's table spreads them, and adds what is its own. */
import { schemeOptions } from './schemes.ts'

/** A whole number. The keys change it by 1. */
export const whole = { kind: 'number', integer: true, step: 1 } as const

export const seed = {
  id: 'seed',
  ...whole,
  label: 'seed',
  minimum: 0,
  maximum: 4294967295,
  default: 1,
  help: 'The seed decides every random draw. The same seed gives the same run.',
} as const

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

export const std = {
  id: 'std',
  kind: 'logNumber',
  label: 'custom std',
  minimum: 1e-4,
  maximum: 10,
  default: 0.1,
  help: 'The standard deviation that “custom” uses.',
} as const
