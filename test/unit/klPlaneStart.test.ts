/** A chosen minimum in the plane: its text, and the start that the parameters then have. */
import { describe, expect, it } from 'vitest'
import type { PlaneOptimum } from '../../src/labs/kl/frame.ts'
import { planeLower } from '../../src/labs/kl/lattice.ts'
import { parameters, typed } from '../../src/labs/kl/parameters.ts'
import { planeLocalMinima } from '../../src/labs/kl/planeMinima.ts'
import { arrived, gaussianText, startPatch } from '../../src/labs/kl/planeStart.ts'
import { planeDivergence } from '../../src/labs/kl/planeTheory.ts'
import { planeComponents } from '../../src/labs/kl/targets.ts'
import { validatePatch } from '../../src/labs/validation.ts'

/** The start of a run with these parameters, as a Gaussian. */
function started(minimum: PlaneOptimum) {
  const { mu0, mu0Y, sigma0, sigmaRatio0, rho0 } = typed(validatePatch(parameters, startPatch(minimum)))
  const [l11, l21, l22] = planeLower(sigma0, sigmaRatio0, rho0)
  const covariance = [l11 ** 2, l11 * l21, l21 ** 2 + l22 ** 2] as const
  return { mean: [mu0, mu0Y] as const, covariance }
}

describe('a minimum that is chosen', () => {
  it.each(['two', 'correlated', 'triangle', 'cross'] as const)(
    'of %s is what the fit starts as',
    (target) => {
      const components = planeComponents(typed({ target }))
      const minima = planeLocalMinima('reverse', components, false)
      for (const [index, minimum] of minima.entries()) {
        const { mean, covariance } = started(minimum)
        expect(planeDivergence('reverse', components, mean, covariance)).toBeCloseTo(minimum.divergence, 9)
        expect(minima.map((other) => arrived({ mean, covariance }, other))).toEqual(
          minima.map((_, other) => other === index),
        )
      }
      expect(new Set(minima.map(gaussianText)).size).toBe(minima.length)
    },
  )

  it('keeps the shape while only the mean is fitted', () => {
    const components = planeComponents(typed({ target: 'cross' }))
    const lower = planeLower(1.5, 0.2, 0.1)
    const [best] = planeLocalMinima('reverse', components, false, lower)
    expect(best.covariance[0]).toBeCloseTo(2.25, 12)
    expect(best.covariance[1]).toBeCloseTo(0.1 * 1.5 * 0.3, 12)
    expect(best.covariance[2]).toBeCloseTo(0.09, 12)
  })

  it('is told without the noise of rounding', () => {
    expect(gaussianText({ mean: [-9.479e-11, 2.37861], covariance: [1, -1e-12, 4] })).toBe(
      'μ 0, 2.38; σ 1, 2; ρ 0.00',
    )
  })
})
