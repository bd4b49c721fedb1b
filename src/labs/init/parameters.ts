/** The init lab's parameter table: the panel, the address, validation and the console API all come from it. */
import { type Scheme, schemeOptions } from '../common/schemes.ts'
import { defineParameters, type ParameterValues, type ValuesOf } from '../parameter.ts'

export const parameters = defineParameters([
  {
    id: 'dModel',
    kind: 'logNumber',
    label: 'd_model',
    minimum: 16,
    maximum: 4096,
    integer: true,
    default: 512,
    help: 'Width of the model: the number of entries in the embedding of a word.',
  },
  {
    id: 'scheme',
    kind: 'choice',
    label: 'embedding std',
    options: schemeOptions,
    default: 'unit',
    help: 'Standard deviation of the entries of the embedding table.',
  },
  {
    id: 'std',
    kind: 'logNumber',
    label: 'custom std',
    minimum: 1e-4,
    maximum: 10,
    default: 0.1,
    help: 'The standard deviation that “custom” uses.',
    relevant: (values) => values.scheme === 'custom',
  },
  {
    id: 'vocab',
    kind: 'logNumber',
    label: 'vocabulary',
    unit: 'words',
    minimum: 1000,
    maximum: 262144,
    integer: true,
    default: 50257,
    help: 'Number of words in the vocabulary: rows of the embedding table. The table is also the output head.',
  },
  {
    id: 'tokens',
    kind: 'number',
    label: 'tokens a batch',
    minimum: 8,
    maximum: 256,
    integer: true,
    step: 8,
    default: 64,
    help: 'Number of positions in a batch. Each step measures the loss of a new batch.',
  },
  {
    id: 'hidden',
    kind: 'choice',
    label: 'hidden state',
    options: [
      { value: 'random', label: 'random' },
      { value: 'tied', label: 'points at its input word' },
    ],
    default: 'random',
    help: 'The layer-normalised state before the head. It is random, or it is aligned with the embedding of the input word.',
  },
  {
    id: 'alignment',
    kind: 'number',
    label: 'alignment ρ',
    minimum: 0,
    maximum: 1,
    step: 0.01,
    default: 0.7,
    help: 'Cosine of the angle between the hidden state and the embedding of the input word.',
    relevant: (values) => values.hidden === 'tied',
  },
  {
    id: 'seed',
    kind: 'number',
    label: 'seed',
    minimum: 0,
    maximum: 4294967295,
    integer: true,
    step: 1,
    default: 1,
    help: 'The seed decides every random draw. The same seed gives the same run.',
  },
])

export type InitValues = ValuesOf<typeof parameters>

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): InitValues {
  return values as InitValues
}

/** The scheme to compare the chosen one with: the fixed one, or the broken one if the fixed one is chosen. */
export function comparisonScheme(scheme: Scheme): Scheme {
  return scheme === 'inverseSqrt' ? 'unit' : 'inverseSqrt'
}
