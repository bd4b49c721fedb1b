import { defaultDevice, grad, numpy as np } from '@jax-js/jax'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Divergence, MixtureComponent } from '../../src/compute/backend.ts'
import { gaussLegendre } from '../../src/labs/common/quadrature.ts'
import { divergence, logMixture, logNormal, momentMatch, outsideMass } from '../../src/labs/kl/theory.ts'
import { allKinds, bimodal, gaussians, mixture, mixtures, reference, spikes, unequal } from './klReference.ts'

/** Expects |actual − expected| ≤ tolerance · max(1, |expected|). */
function expectNear(actual: number, expected: number, tolerance: number) {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected))
  expect(error, `${actual} for ${expected}`).toBeLessThanOrEqual(tolerance)
}

/** [P, μ, σ]: at, near and far from the optimum, and far from every mode. σ² is above half of every variance. */
const places: [name: string, components: MixtureComponent[], mu: number, sigma: number][] = [
  ['bimodal, between the modes', bimodal, 0.7, 1.9],
  ['bimodal, on a mode', bimodal, 2.9, 1.1],
  ['bimodal, outside', bimodal, -9, 1.5],
  ['unequal, at the moment match', unequal, -1.2, 2.925748],
  ['spikes, far from both', spikes, 1, 0.3],
  ['narrow on broad', mixture([0.3, 1, 0.15], [0.7, 0, 2]), 0.5, 1.9],
  ['three of different widths', mixture([0.2, -4, 0.3], [0.5, 0, 1], [0.3, 5, 2]), 1, 3],
]
const cases = allKinds.flatMap((kind) => places.map((place) => [kind, ...place] as const))

describe('densities', () => {
  it('are log N(x; μ, σ²) and its mixture', () => {
    expect(logNormal(1, 0, 1)).toBeCloseTo(-0.5 - 0.5 * Math.log(2 * Math.PI), 14)
    expect(logNormal(7, 3, 2)).toBeCloseTo(-2 - Math.log(2) - 0.5 * Math.log(2 * Math.PI), 14)
    expect(Math.exp(logMixture(bimodal, 0))).toBeCloseTo(Math.exp(-4.5) / Math.sqrt(2 * Math.PI), 14)
  })

  it('stay finite where the densities themselves are 0 in float64', () => {
    // at 0 both spikes are 25 standard deviations away, and the mode of width 1e-3 is 60,000 away
    expectNear(logMixture(spikes, 0), -312.5 - Math.log(0.2 * Math.sqrt(2 * Math.PI)), 1e-14)
    expectNear(logMixture(mixture([1, 60, 1e-3]), 0), -1.8e9 - Math.log(1e-3 * Math.sqrt(2 * Math.PI)), 1e-14)
  })

  it('Gauss–Legendre with n nodes is exact for polynomials up to degree 2n − 1', () => {
    for (const count of [1, 2, 5, 16])
      for (let degree = 0; degree < 2 * count; degree++) {
        const integral = gaussLegendre(count).reduce(
          (sum, { node, weight }) => sum + weight * node ** degree,
          0,
        )
        expect(integral).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13)
      }
  })
})

describe('divergences', () => {
  it.each([
    ['forward', bimodal, 0, 3.162278, 0.461995, 6],
    ['reverse', bimodal, 0, 3.162278, 0.93798, 5],
    ['reverse', bimodal, 2.9843, 1.0234, 0.68877, 5],
    ['reverse', bimodal, -2.9843, 1.0234, 0.68877, 5],
    ['reverse', bimodal, 0, 2.7438, 0.84062, 5],
    ['jeffreys', bimodal, 0, 2.8241, 1.32004, 5],
    ['jensenShannon', bimodal, 0, 3.1198, 0.12841, 5],
    ['jensenShannon', bimodal, 2.9687, 1.0493, 0.21408, 5],
    ['alpha', bimodal, 0, 3.0499, 0.56436, 5],
    ['forward', unequal, -1.2, 2.925748, 0.466189, 6],
    ['reverse', unequal, -2.9905, 1.0147, 0.35403, 5],
    ['reverse', unequal, 2.9734, 1.0379, 1.19668, 5],
  ] as const)('%s has its reference value at %#', (kind, components, mu, sigma, value, digits) => {
    expect(divergence(kind, components, mu, sigma, 0.5).value).toBeCloseTo(value, digits)
  })

  it.each(cases)('%s is that of a dense trapezoid: %s', (kind, _, components, mu, sigma) => {
    // the trapezoid's step is 1/19 of the narrowest width, 1/100 for the spikes: only the bend of log p limits it
    const step = components === spikes ? 1 / 512 : 1 / 128
    // p²/q reaches farther than P
    const reach = kind === 'chiSquared' ? 25 : 12
    for (const alpha of kind === 'alpha' ? [0.1, 0.5, 0.9] : [0.5])
      expectNear(
        divergence(kind, components, mu, sigma, alpha).value,
        reference(kind, components, mu, sigma, { alpha, step, reach }),
        1e-9,
      )
  })

  it.each([
    [0.001, 1, 0, 0.01],
    [1, 0.001, 0, 0.99],
    [0.001, 10, 3, 0.01],
    [10, 0.001, 3, 0.99],
    [0.02, 3, 1, 0.3],
  ])('D_α of N(0, %d²) and N(·, %d²), far apart in width, has its closed form', (sd, sigma, gap, alpha) => {
    // p^α q^(1−α) is a Gaussian; it may be far wider than the narrower of the two
    const variance = alpha * sigma ** 2 + (1 - alpha) * sd ** 2
    const affinity =
      ((sd ** (1 - alpha) * sigma ** alpha) / Math.sqrt(variance)) *
      Math.exp((-alpha * (1 - alpha) * gap ** 2) / (2 * variance))
    const exact = (1 - affinity) / (alpha * (1 - alpha))
    expectNear(divergence('alpha', mixture([1, 0, sd]), gap, sigma, alpha).value, exact, 1e-7)
  })

  it('agree with the trapezoid for random mixtures, all but χ²', () => {
    const kinds = fc.constantFrom(...allKinds.filter((kind) => kind !== 'chiSquared'))
    fc.assert(
      fc.property(kinds, mixtures(), gaussians, (kind, components, { mu, sigma }) => {
        expectNear(
          divergence(kind, components, mu, sigma, 0.3).value,
          reference(kind, components, mu, sigma, { alpha: 0.3 }),
          1e-7,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('are those of two Gaussians in closed form', () => {
    const forward = (m: number, s: number, mu: number, sigma: number) =>
      Math.log(sigma / s) + (s * s + (m - mu) ** 2) / (2 * sigma * sigma) - 0.5
    for (const [m, s, mu, sigma] of [
      [0, 1, 3, 2],
      [60, 1e-3, -60, 100],
      [-4, 5, 4, 0.01],
    ]) {
      const one = mixture([1, m, s])
      // float64 resolves a width of 1e-3 at 60 to 7e-12 of itself
      expectNear(divergence('forward', one, mu, sigma).value, forward(m, s, mu, sigma), 1e-11)
      expectNear(divergence('reverse', one, mu, sigma).value, forward(mu, sigma, m, s), 1e-11)
      const [variance, gap] = [s * s + sigma * sigma, (m - mu) ** 2]
      const affinity = Math.sqrt((2 * s * sigma) / variance) * Math.exp(-gap / (4 * variance))
      expectNear(divergence('alpha', one, mu, sigma, 0.5).value, 4 * (1 - affinity), 1e-11)
    }
  })

  it('are 0 at equality and above 0 elsewhere', () => {
    fc.assert(
      fc.property(fc.constantFrom(...allKinds), mixtures(), gaussians, (kind, components, { mu, sigma }) => {
        const { value } = divergence(kind, components, mu, sigma, 0.4)
        const [one] = components
        const equal = components.every(({ mean, sd }) => mean === mu && sd === sigma)
        if (!equal) expect(value).toBeGreaterThan(1e-9)
        expect(divergence(kind, [{ ...one, weight: 1 }], one.mean, one.sd, 0.4).value).toBeLessThan(1e-13)
      }),
    )
  })

  it('Jensen–Shannon stays below ln 2 and Jeffreys is the sum of both KLs', () => {
    fc.assert(
      fc.property(mixtures(), gaussians, (components, { mu, sigma }) => {
        const value = (kind: Divergence) => divergence(kind, components, mu, sigma).value
        expect(value('jensenShannon')).toBeLessThan(Math.LN2 + 1e-12)
        expectNear(value('jeffreys'), value('forward') + value('reverse'), 1e-11)
      }),
    )
  })

  it.each(places)(
    'α → 0 is reverse and α → 1 is forward, without cancellation: %s',
    (_, components, mu, sigma) => {
      for (const [limit, kind] of [
        [0, 'reverse'],
        [1, 'forward'],
      ] as const) {
        const expected = divergence(kind, components, mu, sigma)
        const at = (alpha: number) => divergence('alpha', components, mu, sigma, Math.abs(limit - alpha))
        for (const part of ['value', 0, 1] as const) {
          const of = ({ value, gradient }: typeof expected) => (part === 'value' ? value : gradient[part])
          expectNear(of(at(0)), of(expected), 1e-11)
          // the difference is of first order in α, even where a plain subtraction would only leave rounding errors
          const slope = (of(at(1e-6)) - of(expected)) / 1e-6
          const size = Math.max(1, Math.abs(of(expected)), Math.abs(slope))
          expect(Math.abs(of(at(1e-9)) - of(expected) - 1e-9 * slope)).toBeLessThan(1e-11 * size)
        }
      }
    },
  )

  it('χ² is infinite exactly where σ² is not above half of a component’s variance', () => {
    const components = mixture([0.9, 1, 0.5], [0.1, 0, 2])
    expect(divergence('chiSquared', components, 0, 1.41)).toEqual({
      value: Number.POSITIVE_INFINITY,
      gradient: [Number.NaN, Number.NaN],
    })
    const { value, gradient } = divergence('chiSquared', components, 0, 1.42)
    expectNear(value, reference('chiSquared', components, 0, 1.42, { reach: 60 }), 1e-9)
    expect(gradient.every(Number.isFinite)).toBe(true)
  })
})

describe('gradients', () => {
  /** The descended objective: ln(1 + χ²) for χ². */
  const descended = (kind: Divergence, components: MixtureComponent[], mu: number, logSigma: number) => {
    const { value } = divergence(kind, components, mu, Math.exp(logSigma), 0.3)
    return kind === 'chiSquared' ? Math.log1p(value) : value
  }

  it.each(cases)('of %s are central differences of its value: %s', (kind, _, components, mu, sigma) => {
    const { gradient } = divergence(kind, components, mu, sigma, 0.3)
    const logSigma = Math.log(sigma)
    // five points: an error of h⁴, so that mainly rounding remains (1e-16 of the value over h)
    const along = (value: (shift: number) => number) => {
      const h = 1e-3
      return (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
    }
    expectNear(
      gradient[0],
      along((h) => descended(kind, components, mu + h, logSigma)),
      1e-8,
    )
    expectNear(
      gradient[1],
      along((h) => descended(kind, components, mu, logSigma + h)),
      1e-8,
    )
  })

  it('of reverse KL far from every mode are those of the nearer one', () => {
    const { gradient } = divergence('reverse', spikes, 1, 0.3)
    // (1 − 5)/0.2² plus the contribution of the other spike's side of 0, 3.3 σ away
    expect(gradient[0]).toBeCloseTo(-99.9, 1)
    // −1 + σ²/s² of the nearer spike only
    expect(gradient[1]).toBeGreaterThan(0)
    expect(gradient[1]).toBeCloseTo(1.134, 3)
  })

  it('stay finite and right for weights of 1e-12, widths of 1e-3 and modes 60 apart', () => {
    const narrow = mixture([1 - 1e-12, -30, 1e-3], [1e-12, 30, 1e-3])
    for (const kind of allKinds)
      for (const [mu, sigma] of [
        [-30, 1e-3],
        [30, 1e-3],
        [0, 30],
        [-29.999, 5e-3],
      ]) {
        const { value, gradient } = divergence(kind, narrow, mu, sigma, 0.5)
        // only χ² may exceed float64; its gradient is that of the logarithm
        if (kind !== 'chiSquared') expect(Number.isFinite(value), `${kind} at ${mu}, ${sigma}`).toBe(true)
        expect(gradient.every(Number.isFinite), `gradient of ${kind} at ${mu}, ${sigma}`).toBe(true)
      }
    expectNear(divergence('reverse', narrow, 30, 1e-3).value, -Math.log(1e-12), 1e-9)
    expectNear(divergence('reverse', narrow, -30, 2e-3).value, -Math.log(2) + 1.5, 1e-9)
    expectNear(divergence('reverse', narrow, -30, 2e-3).gradient[1], 3, 1e-9)
    expectNear(divergence('reverse', narrow, 30.002, 1e-3).gradient[0], 2000, 1e-9)
    expectNear(divergence('reverse', narrow, 0, 1).value, 4.5e8, 0.1)
  })

  describe('against the automatic differentiation of jax-js, on a fixed trapezoid grid', () => {
    defaultDevice('cpu')
    /** float64 numbers as two halves, because arrays are made from float32. */
    const exact = (values: readonly number[]) =>
      np
        .array([...values])
        .astype(np.float64)
        .add(np.array(values.map((value) => value - Math.fround(value))).astype(np.float64))

    const log = (x: np.Array, mean: np.Array, sd: np.Array) =>
      np
        .square(x.sub(mean).div(sd.ref))
        .mul(-0.5)
        .sub(np.log(sd))
        .sub(0.5 * Math.log(2 * Math.PI))

    /** The textbook formula, differentiated by the library. */
    function automatic(
      kind: Divergence,
      components: MixtureComponent[],
      mu: number,
      sigma: number,
      alpha: number,
    ) {
      const all = [...components, { mean: mu, sd: sigma }]
      const reach = kind === 'chiSquared' ? 25 : 10
      const from = Math.floor(Math.min(...all.map(({ mean, sd }) => mean - reach * sd)))
      const to = Math.ceil(Math.max(...all.map(({ mean, sd }) => mean + reach * sd)))
      // between the spikes log p bends within 0.004; the narrowest width elsewhere is 0.15
      const step = components === spikes ? 1 / 256 : 1 / 64
      const points = Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step)
      const objective = (theta: np.Array) => {
        const x = exact(points)
        const logQ = log(x.ref, theta.ref.slice(0), np.exp(theta.slice(1)))
        const logP = components
          .map(({ weight, mean, sd }) => log(x.ref, exact([mean]), exact([sd])).add(Math.log(weight)))
          .reduce((one, other) => np.logaddexp(one, other))
        x.dispose()
        const terms = () => {
          switch (kind) {
            case 'forward':
              return np.exp(logP.ref).mul(logP.sub(logQ))
            case 'reverse':
              return np.exp(logQ.ref).mul(logQ.sub(logP))
            case 'jeffreys':
              return np.exp(logP.ref).sub(np.exp(logQ.ref)).mul(logP.sub(logQ))
            case 'jensenShannon': {
              const logM = np.logaddexp(logP.ref, logQ.ref).sub(Math.LN2)
              const first = np.exp(logP.ref).mul(logP.sub(logM.ref))
              return first.add(np.exp(logQ.ref).mul(logQ.sub(logM))).mul(0.5)
            }
            case 'alpha':
              return np.exp(logP.mul(alpha).add(logQ.mul(1 - alpha)))
            case 'chiSquared':
              return np.exp(logP.mul(2).sub(logQ))
          }
        }
        const integral = np.sum(terms()).mul(step)
        if (kind === 'alpha') return integral.mul(-1 / (alpha * (1 - alpha)))
        return kind === 'chiSquared' ? np.log(integral) : integral
      }
      return grad(objective)(exact([mu, Math.log(sigma)])).js() as number[]
    }

    // numbers in the graph (log weights, α, ½ log 2π) have float32 precision, 6e-8; all others are float64
    it.each(cases)('%s: %s', (kind, _, components, mu, sigma) => {
      const { gradient } = divergence(kind, components, mu, sigma, 0.3)
      const [alongMu, alongLogSigma] = automatic(kind, components, mu, sigma, 0.3)
      expectNear(gradient[0], alongMu, 1e-7)
      expectNear(gradient[1], alongLogSigma, 1e-7)
    })
  })
})

describe('the moment match', () => {
  it('is mean and standard deviation', () => {
    expect(momentMatch(bimodal).mu).toBeCloseTo(0, 14)
    expect(momentMatch(bimodal).sigma).toBeCloseTo(Math.sqrt(10), 14)
    expect(momentMatch(unequal).mu).toBeCloseTo(-1.2, 14)
    expect(momentMatch(unequal).sigma).toBeCloseTo(2.925748, 6)
  })

  it('is where forward KL is least: its gradient vanishes, and every step away is worse', () => {
    const direction = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true })
    const length = fc.double({ min: 0.01, max: 2, noNaN: true })
    fc.assert(
      fc.property(mixtures(), direction, length, (components, angle, size) => {
        const { mu, sigma } = momentMatch(components)
        const { value, gradient } = divergence('forward', components, mu, sigma)
        expect(Math.abs(gradient[0] * sigma)).toBeLessThan(1e-9)
        expect(Math.abs(gradient[1])).toBeLessThan(1e-9)
        const away = divergence(
          'forward',
          components,
          mu + size * sigma * Math.cos(angle),
          sigma * Math.exp(size * Math.sin(angle)),
        )
        expect(away.value).toBeGreaterThan(value)
      }),
    )
  })
})

describe('the mass outside the panels', () => {
  it('is bounded below 1e-9 whatever P and Q are, and not 0', () => {
    fc.assert(
      fc.property(mixtures(), gaussians, (components, { mu, sigma }) => {
        // also for a diverged fit
        for (const far of [1, -1e7, 1e17])
          for (const width of [1e-9, 1, 1e16]) {
            const mass = outsideMass(components, far * mu, width * sigma)
            expect(mass).toBeLessThan(5.4e-12)
            expect(mass).toBeGreaterThanOrEqual(0)
          }
      }),
    )
    // both sides of both Gaussians beyond 7 standard deviations: 4 · 1.28e-12
    expect(outsideMass(mixture([1, 0, 1]), 0, 1)).toBeGreaterThan(5.1e-12)
    expect(outsideMass(mixture([1, 0, 1]), 0, 1)).toBeLessThan(5.4e-12)
  })
})
