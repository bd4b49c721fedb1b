/** Names of the objectives in the pictures on the line, and what a step of the story hides there. */
import type { Divergence } from '../../compute/backend.ts'
import type { ViewFrame } from '../lab.ts'
import type { LineFit, LineFrame } from './frame.ts'
import { typed } from './parameters.ts'
import { five, klNames, klWords } from './texts.ts'

export type Fit = 'forward' | 'reverse' | 'third'

/** Switches that only the story sets, where a picture would answer its question. */
export interface StorySwitches {
  /** The objectives have no names: the plots are A, B and C. */
  readonly anonymous: boolean
  /** Whether the end of forward KL is shown: the mean and the standard deviation of P. */
  readonly moment: boolean
  /** Whether the minima of the other objectives are shown, and which start ends in which. */
  readonly minima: boolean
}

export const withoutStory: StorySwitches = { anonymous: false, moment: true, minima: true }

export type Frame = ViewFrame<LineFrame> & { readonly told: StorySwitches }

/** The ends of an objective's descent, unless the story hides them. */
export const shownEnds = (name: Fit, { optima }: LineFit, told: StorySwitches) =>
  told[name === 'forward' ? 'moment' : 'minima'] ? optima : []

const letters = { forward: 'A', reverse: 'B', third: 'C' } as const
const thirdNames = {
  none: '',
  jeffreys: 'Jeffreys',
  jensenShannon: 'Jensen–Shannon',
  alpha: 'α-divergence',
  chiSquared: 'χ²(P‖Q)',
} as const

/** The name of an objective in sentences, legends and axes. */
export function nameOf(fit: Fit, frame: Frame): string {
  if (frame.told.anonymous) return `objective ${letters[fit]}`
  if (fit !== 'third') return klNames[fit]
  const { third, alpha } = typed(frame.values)
  return third === 'alpha' ? `D with α = ${five(alpha)}` : thirdNames[third]
}

/** The name of an objective for the ear. */
export function spokenName(fit: Fit, frame: Frame): string {
  if (frame.told.anonymous) return nameOf(fit, frame)
  if (fit !== 'third') return klWords[fit]
  return typed(frame.values).third === 'chiSquared' ? 'chi squared of P and Q' : nameOf(fit, frame)
}

export const unitOf = (divergence: Divergence) =>
  divergence === 'alpha' || divergence === 'chiSquared' ? undefined : 'nats'

const kinds = { forward: 'forward, ', reverse: 'reverse, ', third: '' } as const

/** The title of an objective's plot: "A: forward, KL(P‖Q)", "C: Jeffreys", "Plot A" while it has no name. */
export const titleOf = (fit: Fit, frame: Frame) =>
  frame.told.anonymous ? `Plot ${letters[fit]}` : `${letters[fit]}: ${kinds[fit]}${nameOf(fit, frame)}`
