import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlaneComponent } from '../../src/compute/backend.ts'
import type { PlaneOptimum } from '../../src/labs/kl/frame.ts'
import { localMinima } from '../../src/labs/kl/minima.ts'
import { typed } from '../../src/labs/kl/parameters.ts'
import { planeLocalMinima } from '../../src/labs/kl/planeMinima.ts'
import {
  logPlaneMixture,
  logPlaneNormal,
  planeDivergence,
  planeMomentMatch,
} from '../../src/labs/kl/planeTheory.ts'
import { planeComponents } from '../../src/labs/kl/targets.ts'
import { mixture } from './klReference.ts'

type Vector = readonly [number, number]
type Covariance = readonly [number, number, number]

const preset = (target: string) => planeComponents(typed({ target }))
const presets = ['two', 'correlated', 'triangle', 'cross']

/** log N by the inverse of the covariance; it has no code in common with the Cholesky factors of the theory. */
function logGaussian([x, y]: Vector, [mx, my]: Vector, [xx, xy, yy]: Covariance): number {
  const determinant = xx * yy - xy * xy
  const [dx, dy] = [x - mx, y - my]
  const square = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant
  return -0.5 * square - 0.5 * Math.log(determinant) - Math.log(2 * Math.PI)
}

/** The same for many points: constants of the parameters are computed once. */
function logGaussianOf(mean: Vector, [xx, xy, yy]: Covariance, weight = 1): (x: number, y: number) => number {
  const determinant = xx * yy - xy * xy
  const top = logGaussian(mean, mean, [xx, xy, yy]) + Math.log(weight)
  return (x, y) => {
    const [dx, dy] = [x - mean[0], y - mean[1]]
    return top - (0.5 * (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy)) / determinant
  }
}

/** Both KLs by sums over one fixed grid of x and y, for mixtures and Q within ±10. */
function reference(components: readonly PlaneComponent[], mean: Vector, covariance: Covariance, step = 0.05) {
  const parts = components.map((one) => logGaussianOf(one.mean, one.covariance, one.weight))
  const q = logGaussianOf(mean, covariance)
  const logs = new Float64Array(parts.length)
  let forward = 0
  let reverse = 0
  for (let x = -12; x <= 12; x += step)
    for (let y = -12; y <= 12; y += step) {
      let largest = Number.NEGATIVE_INFINITY
      for (let i = 0; i < parts.length; i++) {
        logs[i] = parts[i](x, y)
        largest = Math.max(largest, logs[i])
      }
      const logQ = q(x, y)
      // both densities are below 1e-30
      if (largest < -72 && logQ < -70) continue
      let sum = 0
      for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i] - largest)
      const logP = largest + Math.log(sum)
      forward += Math.exp(logP) * (logP - logQ) * step * step
      reverse += Math.exp(logQ) * (logQ - logP) * step * step
    }
  return { forward, reverse }
}

/** One component replaces the other in a thin strip along a row of Q's grid. */
const alongTheGrid: [PlaneComponent[], Vector, Covariance] = [
  [
    { weight: 0.5, mean: [0, 0], covariance: [0.16, 0, 0.16] },
    { weight: 0.5, mean: [0, 2.6], covariance: [0.36, -0.144, 0.16] },
  ],
  [2.4, 0],
  [1.44, 1.092, 1.69],
]

/** Random covariances with standard deviations 0.4 to 1.5. */
const covariances = fc
  .tuple(fc.integer({ min: 4, max: 15 }), fc.integer({ min: 4, max: 15 }), fc.integer({ min: -8, max: 8 }))
  .map(([x, y, correlation]): Covariance => [x ** 2 / 100, (correlation * x * y) / 1000, y ** 2 / 100])
const means = fc
  .tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -40, max: 40 }))
  .map(([x, y]): Vector => [x / 10, y / 10])
const mixtures = fc
  .array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), mean: means, covariance: covariances }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((rows) => {
    const total = rows.reduce((sum, { weight }) => sum + weight, 0)
    return rows.map((row): PlaneComponent => ({ ...row, weight: row.weight / total }))
  })

describe('densities in the plane', () => {
  it('are those by the inverse covariance, and a mixture’s sum', () => {
    fc.assert(
      fc.property(means, means, covariances, ([x, y], mean, covariance) => {
        const expected = logGaussian([x, y], mean, covariance)
        const error = logPlaneNormal(x, y, mean, covariance) - expected
        expect(Math.abs(error)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)))
      }),
    )
    expect(Math.exp(logPlaneMixture(preset('two'), 0, 0))).toBeCloseTo(
      Math.exp(logGaussian([0, 0], [2, 0], [0.49, 0, 0.49])),
      14,
    )
  })

  it('stay finite where the densities are 0 in float64', () => {
    const far = logPlaneMixture([{ weight: 1, mean: [-20, -20], covariance: [0.0025, 0, 0.0025] }], 20, 20)
    expect(far).toBeCloseTo(-640000 - Math.log(2 * Math.PI * 0.0025), 6)
  })
})

describe('KL in the plane', () => {
  it('of the correlated target with its mean-field fits is 0.83037', () => {
    const correlated = preset('correlated')
    expect(planeDivergence('forward', correlated, [0, 0], [1, 0, 1])).toBeCloseTo(0.83037, 5)
    expect(planeDivergence('reverse', correlated, [0, 0], [0.19, 0, 0.19])).toBeCloseTo(0.83037, 5)
    // exactly −½ ln(1 − ρ²)
    expect(planeDivergence('forward', correlated, [0, 0], [1, 0, 1])).toBeCloseTo(-0.5 * Math.log(0.19), 12)
    expect(planeDivergence('reverse', correlated, [0, 0], [0.19, 0, 0.19])).toBeCloseTo(
      -0.5 * Math.log(0.19),
      12,
    )
  })

  it.each(presets)('is a sum over a fixed grid: %s', (target) => {
    for (const [mean, covariance] of [
      [
        [0.3, -0.4],
        [1.2, 0.3, 0.8],
      ],
      [
        [-2, 1],
        [0.3, -0.1, 0.5],
      ],
    ] as [Vector, Covariance][]) {
      const expected = reference(preset(target), mean, covariance)
      // between the arms of the cross log p bends within a third of either grid's step
      expect(planeDivergence('forward', preset(target), mean, covariance)).toBeCloseTo(expected.forward, 6)
      expect(planeDivergence('reverse', preset(target), mean, covariance)).toBeCloseTo(expected.reverse, 6)
    }
  })

  it('is that sum for random mixtures, never below 0, and 0 at equality', () => {
    fc.assert(
      fc.property(mixtures, means, covariances, (components, mean, covariance) => {
        const expected = reference(components, mean, covariance, 0.1)
        for (const kind of ['forward', 'reverse'] as const) {
          const value = planeDivergence(kind, components, mean, covariance)
          expect(value).toBeGreaterThanOrEqual(0)
          expect(Math.abs(value - expected[kind])).toBeLessThan(1e-5 * Math.max(1, expected[kind]))
          const [one] = components
          const equal = planeDivergence(kind, [{ ...one, weight: 1 }], one.mean, one.covariance)
          expect(equal).toBeLessThan(1e-12)
        }
      }),
      { numRuns: 8, examples: [alongTheGrid] },
    )
  })
})

describe('the moment match in the plane', () => {
  it('has the least forward KL, with the marginal variances in the mean-field family', () => {
    const shift = fc.double({ min: 0.05, max: 0.5, noNaN: true })
    fc.assert(
      fc.property(
        mixtures,
        fc.boolean(),
        fc.integer({ min: 0, max: 9 }),
        shift,
        (components, diagonal, way, size) => {
          const { mean, covariance } = planeMomentMatch(components, diagonal)
          if (diagonal) expect(covariance[1]).toBe(0)
          const best = planeDivergence('forward', components, mean, covariance)
          const [xx, xy, yy] = covariance
          // moves one of the five entries up or down, by a share that keeps the covariance definite
          const sign = way < 5 ? size : -size
          const moved: [Vector, Covariance] = [
            [mean[0], mean[1]],
            [xx, xy, yy],
          ]
          const entry = diagonal && way % 5 === 3 ? 0 : way % 5
          if (entry === 0) moved[0] = [mean[0] + sign * Math.sqrt(xx), mean[1]]
          if (entry === 1) moved[0] = [mean[0], mean[1] + sign * Math.sqrt(yy)]
          // the Schur complement stays, so the other variance changes as well
          if (entry === 2) moved[1] = [xx * (1 + sign), xy * (1 + sign), yy * (1 + sign)]
          if (entry === 3) moved[1] = [xx, xy * (1 - size), yy]
          if (entry === 4) moved[1] = [xx, xy, yy * (1 + size)]
          if (entry === 3 && Math.abs(xy) < 1e-3) return
          expect(planeDivergence('forward', components, ...moved)).toBeGreaterThan(best)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is the moments of the cross', () => {
    expect(planeMomentMatch(preset('cross'), false)).toEqual({ mean: [0, 0], covariance: [2.045, 0, 2.045] })
    expect(planeMomentMatch(preset('correlated'), true).covariance).toEqual([1, 0, 1])
  })
})

describe('local minima in the plane', () => {
  it('of the correlated target: variances 0.19 reverse, 1 forward, mean-field; all of it with full covariance', () => {
    const correlated = preset('correlated')
    const [reverse, ...others] = planeLocalMinima('reverse', correlated, true)
    expect(others).toEqual([])
    expect(reverse.covariance[0]).toBeCloseTo(0.19, 6)
    expect(reverse.covariance[1]).toBe(0)
    expect(reverse.covariance[2]).toBeCloseTo(0.19, 6)
    expect(reverse.divergence).toBeCloseTo(0.83037, 5)
    const [forward] = planeLocalMinima('forward', correlated, true)
    expect(forward.covariance).toEqual([1, 0, 1])
    expect(forward.divergence).toBeCloseTo(0.83037, 5)
    const [full] = planeLocalMinima('reverse', correlated, false)
    expect(full.covariance[1]).toBeCloseTo(0.9, 6)
    expect(full.divergence).toBeLessThan(1e-9)
  })

  it.each([
    ['as the preset two', 2, 0.7],
    ['sharply apart', 1, 0.2],
  ])('of two modes along x are those on the line: %s', (_, a, sd) => {
    const line = localMinima('reverse', mixture([0.5, -a, sd], [0.5, a, sd]))
    const modes = [-a, a].map(
      (x): PlaneComponent => ({ weight: 0.5, mean: [x, 0], covariance: [sd ** 2, 0, sd ** 2] }),
    )
    const plane = planeLocalMinima('reverse', modes, false)
    expect(plane.length).toBe(line.length)
    for (const { mu, sigma, divergence } of line) {
      const near = plane.find(({ mean }) => Math.abs(mean[0] - mu) < 0.01) as PlaneOptimum
      expect(near.mean[0]).toBeCloseTo(mu, 7)
      expect(near.covariance[0]).toBeCloseTo(sigma ** 2, 6)
      expect(near.divergence).toBeCloseTo(divergence, 9)
    }
  })

  it('of two modes are each mode and both together, of the cross its arms', () => {
    const two = planeLocalMinima('reverse', preset('two'), false)
    expect(two.map(({ mean }) => Math.abs(mean[0])).map((x) => Math.round(x))).toEqual([2, 2, 0])
    // along x it is ½ N(−2, 0.7²) + ½ N(2, 0.7²), along y independent and matched
    for (const { covariance } of two) expect(covariance[2]).toBeCloseTo(0.49, 6)
    const cross = planeLocalMinima('reverse', preset('cross'), false)
    expect(cross.length).toBe(2)
    expect(cross[0].covariance[0]).toBeCloseTo(cross[1].covariance[2], 6)
    expect(cross[0].divergence).toBeCloseTo(cross[1].divergence, 9)
  })

  it.each(presets.flatMap((target) => [true, false].map((diagonal) => [target, diagonal] as const)))(
    'are lower than everything near them: %s, diagonal %s',
    (target, diagonal) => {
      const components = preset(target)
      const found = planeLocalMinima('reverse', components, diagonal)
      expect(found.length).toBeGreaterThan(0)
      for (const { mean, covariance, divergence } of found) {
        const [xx, xy, yy] = covariance
        const [sx, sy] = [Math.sqrt(xx), Math.sqrt(yy)]
        for (const h of [-0.02, 0.02]) {
          const near: [Vector, Covariance][] = [
            [[mean[0] + h * sx, mean[1]], covariance],
            [[mean[0], mean[1] + h * sy], covariance],
            [mean, [xx * (1 + h) ** 2, xy * (1 + h), yy]],
            [mean, [xx, xy * (1 + h), yy * (1 + h) ** 2]],
          ]
          if (!diagonal) near.push([mean, [xx, xy + 0.1 * h * sx * sy, yy]])
          for (const place of near)
            expect(planeDivergence('reverse', components, ...place)).toBeGreaterThan(divergence)
        }
      }
    },
  )

  it('stay right far apart and nearly degenerate', () => {
    const thin: PlaneComponent[] = [
      { weight: 0.5, mean: [-20, -20], covariance: [0.0025, 0.99 * 0.0025, 0.0025] },
      { weight: 0.5, mean: [20, 20], covariance: [0.0025, 0, 0.0025] },
    ]
    const found = planeLocalMinima('reverse', thin, false)
    for (const component of thin) {
      const near = found.find(({ mean }) => Math.abs(mean[0] - component.mean[0]) < 1) as PlaneOptimum
      expect(near).toBeDefined()
      for (const entry of [0, 1, 2])
        expect(near.covariance[entry]).toBeCloseTo(component.covariance[entry], 8)
      expect(near.divergence).toBeCloseTo(Math.LN2, 9)
    }
  })
})

describe('presets in the plane', () => {
  it.each(presets)('%s has weights that sum to 1', (target) => {
    expect(preset(target).reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 14)
  })

  it('a target of the line stands for two, custom is what is typed', () => {
    expect(preset('bimodal')).toEqual(preset('two'))
    expect(planeComponents(typed({ target: 'custom', planeComponents: '3,1,2,0.5,2,-0.5' }))).toEqual([
      { weight: 1, mean: [1, 2], covariance: [0.25, -0.5, 4] },
    ])
  })
})
