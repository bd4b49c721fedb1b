import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Divergence, MixtureComponent } from '../../src/compute/backend.ts'
import type { Optimum } from '../../src/labs/kl/frame.ts'
import { localMinima } from '../../src/labs/kl/minima.ts'
import { minimise, polish, surveyOf } from '../../src/labs/kl/minimise.ts'
import { typed } from '../../src/labs/kl/parameters.ts'
import { lineComponents } from '../../src/labs/kl/targets.ts'
import { divergence, momentMatch } from '../../src/labs/kl/theory.ts'
import { allKinds, bimodal, mixture, mixtures, unequal } from './klReference.ts'

const equalModes = (a: number) => mixture([0.5, -a, 1], [0.5, a, 1])

/**
 * Descends from (mu, sigma) until the steps are below 1e-7. Steps are at most a tenth of σ, or of log σ, and each
 * lowers the value. It is Newton's method with as much damping (Levenberg) as needed: gradient descent with a fixed
 * rate would swing for ever where the curvature is above 2 / rate, as about a Q much broader than P's modes.
 */
function follow(kind: Divergence, components: MixtureComponent[], mu: number, sigma: number) {
  const at = (x: number, logSigma: number) => {
    const { gradient, value } = divergence(kind, components, x, Math.exp(logSigma))
    return { x, logSigma, value, along: gradient[0] * Math.exp(logSigma), across: gradient[1] }
  }
  let here = at(mu, Math.log(sigma))
  let damping = 1
  for (let step = 0; step < 1000; step++) {
    const unit = Math.exp(here.logSigma)
    const moved = at(here.x + 1e-5 * unit, here.logSigma)
    const widened = at(here.x, here.logSigma + 1e-5)
    // the unit grows with σ, the measured derivative does not
    const xx = (moved.along - here.along) / 1e-5
    const xs = (moved.across - here.across) / 1e-5
    const ss = (widened.across - here.across) / 1e-5
    let size = Number.POSITIVE_INFINITY
    for (let lower = false; !lower && size > 1e-7; damping *= lower ? 1 / 9 : 3) {
      const [a, c] = [xx + damping, ss + damping]
      const determinant = a * c - xs * xs
      if (!(a > 0 && determinant > 0)) continue
      const along = (xs * here.across - c * here.along) / determinant
      const across = (xs * here.along - a * here.across) / determinant
      size = Math.hypot(along, across)
      if (size > 0.1) continue
      const there = at(here.x + along * unit, here.logSigma + across)
      lower = there.value < here.value
      if (lower) here = there
    }
    if (size < 1e-7) break
  }
  return { mu: here.x, sigma: Math.exp(here.logSigma) }
}

const distance = (one: { mu: number; sigma: number }, other: { mu: number; sigma: number }) =>
  Math.max(Math.abs(one.mu - other.mu) / other.sigma, Math.abs(Math.log(one.sigma / other.sigma)))

describe('local minima', () => {
  it.each<[Divergence, MixtureComponent[], [mu: number, sigma: number, divergence: number][]]>([
    ['forward', bimodal, [[0, 3.162278, 0.461995]]],
    [
      'reverse',
      bimodal,
      [
        [2.9843, 1.0234, 0.68877],
        [-2.9843, 1.0234, 0.68877],
        [0, 2.7438, 0.84062],
      ],
    ],
    ['jeffreys', bimodal, [[0, 2.8241, 1.32004]]],
    [
      'jensenShannon',
      bimodal,
      [
        [0, 3.1198, 0.12841],
        [2.9687, 1.0493, 0.21408],
        [-2.9687, 1.0493, 0.21408],
      ],
    ],
    ['alpha', bimodal, [[0, 3.0499, 0.56436]]],
    ['forward', unequal, [[-1.2, 2.925748, 0.466189]]],
    [
      'reverse',
      unequal,
      [
        [-2.9905, 1.0147, 0.35403],
        [2.9734, 1.0379, 1.19668],
      ],
    ],
  ])('of %s are all those known, and no more: %#', (kind, components, expected) => {
    const found = localMinima(kind, components, { alpha: 0.5 })
    expect(found.length).toBe(expected.length)
    for (const [mu, sigma, value] of expected) {
      const near = found.find((one) => distance(one, { mu, sigma }) < 0.01) as Optimum
      expect(near, `(${mu}, ${sigma})`).toBeDefined()
      expect(Math.abs(near.mu - mu)).toBeLessThan(6e-5)
      expect(Math.abs(near.sigma - sigma)).toBeLessThan(6e-5)
      expect(Math.abs(near.divergence - value)).toBeLessThan(6e-6)
    }
    for (const [index, one] of found.entries())
      expect(one.divergence).toBeGreaterThanOrEqual(found[Math.max(0, index - 1)].divergence)
  })

  it('of reverse KL with equal modes at ±a: the side minima appear near 2.40 and win beyond about 2.80', () => {
    const central = ({ mu }: Optimum) => Math.abs(mu) < 1e-6
    for (const a of [1, 1.5, 2.35, 2.39]) {
      const found = localMinima('reverse', equalModes(a))
      expect(found.length, `a = ${a}`).toBe(1)
      expect(central(found[0])).toBe(true)
    }
    for (const a of [2.42, 2.45, 2.75, 2.79]) {
      const found = localMinima('reverse', equalModes(a))
      expect(found.map(central), `a = ${a}`).toEqual([true, false, false])
    }
    for (const a of [2.81, 2.85, 4, 8]) {
      const found = localMinima('reverse', equalModes(a))
      expect(found.map(central), `a = ${a}`).toEqual([false, false, true])
    }
  })

  it.each(allKinds)('of %s for random mixtures are minima', (kind) => {
    fc.assert(
      fc.property(mixtures(), (components) => {
        const found = localMinima(kind, components, { alpha: 0.4 })
        expect(found.length).toBeGreaterThan(0)
        for (const { mu, sigma, divergence: value } of found) {
          const { gradient } = divergence(kind, components, mu, sigma, 0.4)
          expect(Math.abs(gradient[0] * sigma)).toBeLessThan(1e-6)
          expect(Math.abs(gradient[1])).toBeLessThan(1e-6)
          for (let direction = 0; direction < 12; direction++) {
            const angle = (2 * Math.PI * direction) / 12
            const around = divergence(
              kind,
              components,
              mu + 1e-3 * sigma * Math.cos(angle),
              sigma * Math.exp(1e-3 * Math.sin(angle)),
              0.4,
            )
            expect(around.value).toBeGreaterThan(value)
          }
        }
      }),
      { numRuns: 25 },
    )
  })

  describe('of reverse KL are where descents by small steps from anywhere end', () => {
    const holds = (components: MixtureComponent[]) => {
      const found = localMinima('reverse', components)
      const whole = momentMatch(components)
      for (const shift of [-1.5, -0.7, 0.1, 0.8, 1.6])
        for (const factor of [0.15, 0.9]) {
          const end = follow('reverse', components, whole.mu + shift * whole.sigma, factor * whole.sigma)
          const nearest = Math.min(...found.map((one) => distance(end, one)))
          expect(nearest, JSON.stringify({ components, end, found })).toBeLessThan(0.02)
        }
    }

    it.each<[MixtureComponent[]]>([
      // the broad minimum is so steep along log σ that a rate of 0.2 swings about it
      [mixture([5 / 9, 7.2, 1.31], [4 / 9, -1.6, 1.21])],
    ])('of fixed mixtures: %#', holds)

    it('of random mixtures', () => {
      fc.assert(fc.property(mixtures(2), holds), { numRuns: 8 })
    })
  })

  it('of reverse KL keep descents of their own that start beside them, in mixtures of up to 6', () => {
    fc.assert(
      fc.property(mixtures(2, 6), fc.constantFrom(-0.01, 0.01), (components, nudge) => {
        for (const found of localMinima('reverse', components)) {
          const { mu, sigma } = found
          const end = follow('reverse', components, mu + nudge * sigma, sigma * Math.exp(nudge))
          const said = JSON.stringify({ components, found, end })
          expect(distance(end, found), said).toBeLessThan(1e-3)
          const { value } = divergence('reverse', components, end.mu, end.sigma)
          expect(found.divergence - value, said).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 15 },
    )
  })

  it.each([
    [3, 0.3],
    [3, 0.1],
    [3, 0.01],
    [30, 1],
    [30, 0.1],
    [30, 0.01],
  ])(
    'of reverse KL keep the broad one between modes at ±%d, sd %d, which is nearly flat along μ',
    (a, sd) => {
      const broad = localMinima('reverse', mixture([0.5, -a, sd], [0.5, a, sd]))[2]
      // log p is −(|x| − a)²/2s² there, so that σ − a √(2/π) = s²/σ
      const narrowest = a * Math.sqrt(2 / Math.PI)
      const sigma = 0.5 * (narrowest + Math.sqrt(narrowest ** 2 + 4 * sd ** 2))
      expect(Math.abs(broad.mu)).toBeLessThan(1e-7 * sigma)
      expect(Math.abs(broad.sigma / sigma - 1)).toBeLessThan(1e-4)
    },
  )

  it('over μ alone keep σ: one in every mode where it is narrow', () => {
    const found = localMinima('reverse', bimodal, { fixedSigma: 0.5 })
    expect(found.map(({ sigma }) => sigma)).toEqual([0.5, 0.5])
    expect(found.map(({ mu }) => mu).sort((one, other) => one - other)[0]).toBeCloseTo(-3, 4)
    for (const { mu } of found)
      expect(Math.abs(divergence('reverse', bimodal, mu, 0.5).gradient[0])).toBeLessThan(1e-8)
    expect(localMinima('forward', bimodal, { fixedSigma: 0.5 })).toEqual([
      { mu: 0, sigma: 0.5, divergence: divergence('forward', bimodal, 0, 0.5).value },
    ])
    expect(localMinima('chiSquared', bimodal, { fixedSigma: 0.7 })).toEqual([])
  })

  it('stay right for weights of 1e-12, widths of 1e-3 and modes 60 apart', () => {
    const far = mixture([1 - 1e-12, -30, 1e-3], [1e-12, 30, 1e-3])
    const [best, other] = localMinima('reverse', far)
    expect(best.mu).toBeCloseTo(-30, 9)
    expect(best.sigma).toBeCloseTo(1e-3, 9)
    expect(best.divergence).toBeCloseTo(1e-12, 9)
    expect(other.mu).toBeCloseTo(30, 9)
    expect(other.sigma).toBeCloseTo(1e-3, 9)
    expect(other.divergence).toBeCloseTo(-Math.log(1e-12), 6)
  })

  it('α = 0 has those of reverse KL, α = 1 the moment match', () => {
    const reverse = localMinima('reverse', unequal)
    const limit = localMinima('alpha', unequal, { alpha: 0 })
    expect(limit.length).toBe(reverse.length)
    for (const [index, one] of limit.entries()) expect(distance(one, reverse[index])).toBeLessThan(1e-6)
    expect(distance(localMinima('alpha', unequal, { alpha: 1 })[0], momentMatch(unequal))).toBe(0)
  })
})

describe('the minimiser', () => {
  /** (x² − 1)² + 5 (y − x)²: minima at ±(1, 1), a saddle at 0. */
  const doubleWell = ([x, y]: readonly number[]) => ({
    value: (x * x - 1) ** 2 + 5 * (y - x) ** 2,
    gradient: [4 * x * (x * x - 1) - 10 * (y - x), 10 * (y - x)],
  })
  const ones = () => [1, 1]

  it('descends into a well and polishes to rounding', () => {
    const end = minimise(doubleWell, [0.3, -2], [1, 1], 1e-4) as number[]
    expect(Math.abs(end[0])).toBeCloseTo(1, 3)
    const point = polish(surveyOf(doubleWell, ones), end)?.point as number[]
    expect(Math.abs(point[0])).toBeCloseTo(1, 12)
    expect(point[1]).toBeCloseTo(point[0], 12)
  })

  it('takes neither a saddle nor a plateau for a minimum', () => {
    expect(polish(surveyOf(doubleWell, ones), [1e-5, 1e-5])).toBeUndefined()
    expect(
      polish(
        surveyOf(() => ({ value: 1, gradient: [0, 0] }), ones),
        [0, 0],
      ),
    ).toBeUndefined()
  })

  it('does not start where the value is infinite', () => {
    const infinite = () => ({ value: Number.POSITIVE_INFINITY, gradient: [Number.NaN] })
    expect(minimise(infinite, [0], [1], 1e-4)).toBeUndefined()
  })
})

describe('presets', () => {
  it.each(['bimodal', 'unequal', 'widths', 'three', 'near', 'narrowBroad'])(
    '%s has weights that sum to 1',
    (target) => {
      const components = lineComponents(typed({ target }))
      expect(components.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 14)
    },
  )

  it('near has one minimum of reverse KL, bimodal three', () => {
    expect(localMinima('reverse', lineComponents(typed({ target: 'near' }))).length).toBe(1)
    expect(localMinima('reverse', lineComponents(typed({ target: 'bimodal' }))).length).toBe(3)
  })

  it('pair has minima on the hills from ±2.4 on, and the best ones from ±2.8 on', () => {
    const minima = (distance: number) =>
      localMinima('reverse', lineComponents(typed({ target: 'pair', distance })))
    expect(minima(3)).toEqual(localMinima('reverse', lineComponents(typed({ target: 'bimodal' }))))
    expect([0, 1.2, 2.35].map((distance) => minima(distance).length)).toEqual([1, 1, 1])
    const sides = (distance: number) => minima(distance).map(({ mu }) => Math.round(Math.abs(mu)))
    expect([2.45, 2.75].map(sides)).toEqual([
      [0, 2, 2],
      [0, 3, 3],
    ])
    expect([2.85, 6].map(sides)).toEqual([
      [3, 3, 0],
      [6, 6, 0],
    ])
  })

  it('a target of the plane stands for bimodal, custom is what is typed', () => {
    expect(lineComponents(typed({ target: 'cross' }))).toEqual(bimodal)
    expect(lineComponents(typed({ target: 'custom', components: '1,-3,1;1,3,1' }))).toEqual(bimodal)
  })
})
