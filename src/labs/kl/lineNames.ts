/** Names of the objectives in the pictures on the line. */
import type { Divergence } from '../../compute/backend.ts'
import type { ViewFrame } from '../lab.ts'
import type { LineFrame } from './frame.ts'
import { typed } from './parameters.ts'
import { five, klNames } from './texts.ts'

export type Frame = ViewFrame<LineFrame>
export type Fit = 'forward' | 'reverse' | 'third'

const thirdNames = {
  none: '',
  jeffreys: 'Jeffreys',
  jensenShannon: 'Jensen–Shannon',
  alpha: 'α-divergence',
  chiSquared: 'χ²(P‖Q)',
} as const

export function nameOf(fit: Fit, frame: Frame): string {
  if (fit !== 'third') return klNames[fit]
  const { third, alpha } = typed(frame.values)
  return third === 'alpha' ? `D with α = ${five(alpha)}` : thirdNames[third]
}

export const unitOf = (divergence: Divergence) =>
  divergence === 'alpha' || divergence === 'chiSquared' ? undefined : 'nats'
