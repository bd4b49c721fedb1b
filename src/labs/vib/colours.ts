/** Meanings of the colours in the VIB lab: blue for the encoder and the task, orange for the decoder and the rate. */
import type { Role } from '../../stage/contract.ts'

export const roles = {
  encoder: 'first',
  decoder: 'second',
  noise: 'third',
  code: 'truth',
  total: 'theory',
  task: 'first',
  rate: 'second',
  training: 'neutral',
  validation: 'first',
  /** The validation error of single samples, and at z = μ. */
  oneSample: 'second',
  mean: 'third',
  /** The validation loss beside the task loss, which it continues on other images. */
  validationLoss: 'third',
} as const satisfies Readonly<Record<string, Role>>
