/** Meanings of the colours in the KL lab: blue covers, orange seeks. */
import type { Role } from '../../stage/contract.ts'

export const roles = {
  target: 'truth',
  forward: 'first',
  reverse: 'second',
  third: 'third',
  /** Regions where a density is divided by 0. */
  infinite: 'third',
} as const satisfies Readonly<Record<string, Role>>
