/** The init lab's parameter table: the panel, the address, validation and the console API all come from it. */
import { choice, dModel, number, scheme, seed, std, vocab } from '../common/parameters.ts'
import type { Scheme } from '../common/schemes.ts'
import { defineParameters, type ParameterValues, type ValuesOf } from '../parameter.ts'

export const parameters = defineParameters([
  {
    ...dModel,
    minimum: 16,
    maximum: 4096,
    default: 512,
  },
  {
    id: 'scheme',
    ...scheme,
    label: 'embedding std',
    default: 'unit',
    help: 'Standard deviation of the entries of the embedding table.',
  },
  { ...std, relevant: (values) => values.scheme === 'custom' },
  {
    ...vocab,
    minimum: 1000,
    maximum: 262144,
    default: 50257,
  },
  number('tokens', 'tokens a batch', [8, 256], 64, {
    integer: true,
    step: 8,
    help: 'Number of positions in a batch. Each step measures the loss of a new batch.',
  }),
  choice('hidden', 'hidden state', 'random', {
    options: [
      { value: 'random', label: 'random' },
      { value: 'tied', label: 'points at its input word' },
    ],
    help: 'The layer-normalised state before the head. It is random, or it is aligned with the embedding of the input word.',
  }),
  number('alignment', 'alignment ρ', [0, 1], 0.7, {
    step: 0.01,
    help: 'Cosine of the angle between the hidden state and the embedding of the input word.',
    relevant: (values) => values.hidden === 'tied',
  }),
  seed,
])

export type InitValues = ValuesOf<typeof parameters>

/** Values that were validated against the table, with their types. */
export function typed(values: ParameterValues): InitValues {
  return values as InitValues
}

/** The scheme to compare the chosen one with: the fixed one, or the broken one if the fixed one is chosen. */
export function comparisonScheme(chosen: Scheme): Scheme {
  return chosen === 'inverseSqrt' ? 'unit' : 'inverseSqrt'
}
