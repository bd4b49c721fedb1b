import { describe, expect, it } from 'vitest'
import { collapsedSince } from '../../src/labs/vib/collapse.ts'
import type { Evaluation } from '../../src/labs/vib/frame.ts'

/** Evaluations of one model: step, β and cross-entropy. */
const evaluations = (...rows: [step: number, beta: number, distortion: number][]) =>
  rows.map(([step, beta, distortion]) => ({
    step,
    betas: [beta],
    distortion: Float32Array.of(distortion),
  })) as unknown as Evaluation[]

describe('a collapse', () => {
  const blind = 2.31
  const lost = evaluations([50, 1e-3, 0.8], [100, 1000, blind], [150, 1e-3, blind], [300, 1e-3, blind])
  const longLost = [...lost, ...evaluations([450, 1e-3, 2.3])]

  it('is told once 300 steps have passed without recovery', () => {
    expect(collapsedSince(lost, 0, 1000, 1e-3)).toBe(-1)
    expect(collapsedSince(longLost, 0, 1000, 1e-3)).toBe(150)
    expect(collapsedSince([], 0, 1000, 1e-3)).toBe(-1)
  })

  it('is none of a model that recovers, whose β is large now, or was never large', () => {
    expect(collapsedSince([...longLost, ...evaluations([500, 1e-3, 2.1])], 0, 1000, 1e-3)).toBe(-1)
    expect(collapsedSince(longLost, 0, 1000, 1)).toBe(-1)
    expect(collapsedSince(longLost, 0, 0.5, 1e-3)).toBe(-1)
    // it has only begun to train at the small β
    expect(collapsedSince(evaluations([50, 100, blind], [900, 1e-3, blind]), 0, 100, 1e-3)).toBe(-1)
  })

  it('counts anew after another visit to a large β', () => {
    const again = [...longLost, ...evaluations([500, 10, blind], [550, 1e-3, blind], [800, 1e-3, blind])]
    expect(collapsedSince(again, 0, 1000, 1e-3)).toBe(-1)
    expect(collapsedSince([...again, ...evaluations([850, 1e-3, blind])], 0, 1000, 1e-3)).toBe(550)
  })
})
