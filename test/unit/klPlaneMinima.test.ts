/** What is called a minimum in the plane is one: descents of their own do not leave it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlaneComponent } from '../../src/compute/backend.ts'
import { parsePlaneComponents } from '../../src/labs/kl/components.ts'
import { planeLocalMinima } from '../../src/labs/kl/planeMinima.ts'

/** μx, μy, L₁₁, L₂₁, L₂₂ of Q = N(μ, L Lᵀ). */
type Place = readonly [number, number, number, number, number]

/** Trapezoidal nodes t with weights; neither the spacing nor the angle is one of the lab's. */
const nodes = (() => {
  const [spacing, reach, angle] = [0.07, 6.5, 0.3]
  const most = Math.ceil(reach / spacing)
  const all: [x: number, y: number, weight: number][] = []
  for (let i = -most; i <= most; i++)
    for (let j = -most; j <= most; j++) {
      const [u, v] = [i * spacing, j * spacing]
      if (u * u + v * v > reach * reach) continue
      const weight = ((spacing * spacing) / (2 * Math.PI)) * Math.exp(-0.5 * (u * u + v * v))
      all.push([Math.cos(angle) * u - Math.sin(angle) * v, Math.sin(angle) * u + Math.cos(angle) * v, weight])
    }
  return Float64Array.from(all.flat())
})()

/**
 * KL(Q‖P) and its gradient as Q changes to N(μ + L u, L B (L B)ᵀ), B = [[1 + b, 0], [c, 1 + d]]: with respect to u, b,
 * c and d, in Q's own widths. It has the densities by their precision matrices, and no code of the lab's.
 */
function reverseAt(components: readonly PlaneComponent[], [mx, my, l11, l21, l22]: Place) {
  const parts = components.map(({ weight, mean, covariance: [xx, xy, yy] }) => {
    const determinant = xx * yy - xy * xy
    const log = Math.log(weight) - 0.5 * Math.log(determinant) - Math.log(2 * Math.PI)
    return { log, mean, xx: yy / determinant, xy: -xy / determinant, yy: xx / determinant }
  })
  const gradient = [0, 0, -1, 0, -1]
  let value = -1 - Math.log(2 * Math.PI * l11 * l22)
  const logs = new Float64Array(parts.length)
  for (let at = 0; at < nodes.length; at += 3) {
    const [t1, t2, weight] = [nodes[at], nodes[at + 1], nodes[at + 2]]
    const [x, y] = [mx + l11 * t1, my + l21 * t1 + l22 * t2]
    let largest = Number.NEGATIVE_INFINITY
    for (let j = 0; j < parts.length; j++) {
      const { log, mean, xx, xy, yy } = parts[j]
      const [dx, dy] = [x - mean[0], y - mean[1]]
      logs[j] = log - 0.5 * (xx * dx * dx + 2 * xy * dx * dy + yy * dy * dy)
      if (logs[j] > largest) largest = logs[j]
    }
    let [total, slopeX, slopeY] = [0, 0, 0]
    for (let j = 0; j < parts.length; j++) {
      if (logs[j] < largest - 40) continue
      const { mean, xx, xy, yy } = parts[j]
      const share = Math.exp(logs[j] - largest)
      const [dx, dy] = [x - mean[0], y - mean[1]]
      total += share
      slopeX += share * (xx * dx + xy * dy)
      slopeY += share * (xy * dx + yy * dy)
    }
    // against t, since x = μ + L t
    const along1 = (weight * (l11 * slopeX + l21 * slopeY)) / total
    const along2 = (weight * l22 * slopeY) / total
    value -= weight * (largest + Math.log(total))
    gradient[0] += along1
    gradient[1] += along2
    gradient[2] += along1 * t1
    gradient[3] += along2 * t1
    gradient[4] += along2 * t2
  }
  return { value, gradient }
}

const moved = ([mx, my, l11, l21, l22]: Place, [u1, u2, b, c, d]: readonly number[]): Place => [
  mx + l11 * u1,
  my + l21 * u1 + l22 * u2,
  l11 * Math.exp(b),
  l21 * Math.exp(b) + l22 * c,
  l22 * Math.exp(d),
]

/** Steps down the gradient, each at most a tenth of Q's own width and lower than the last. */
function descend(components: readonly PlaneComponent[], start: Place, free: readonly boolean[]) {
  let at = start
  let here = reverseAt(components, at)
  let rate = 0.1
  for (let step = 0; step < 60; step++) {
    const direction = here.gradient.map((entry, index) => (free[index] ? -entry : 0))
    const length = Math.hypot(...direction)
    if (length < 1e-5) break
    let found = false
    for (rate = Math.min(2 * rate, 0.1 / length); !found && rate * length > 1e-7; rate *= found ? 1 : 0.5) {
      const next = moved(
        at,
        direction.map((entry) => rate * entry),
      )
      const there = reverseAt(components, next)
      found = there.value < here.value
      if (found) [at, here] = [next, there]
    }
    if (!found) break
  }
  return { at, value: here.value }
}

const placeOf = (mean: readonly number[], [xx, xy, yy]: readonly number[]): Place => {
  const l11 = Math.sqrt(xx)
  const l21 = xy / l11
  return [mean[0], mean[1], l11, l21, Math.sqrt(yy - l21 * l21)]
}

/** How far apart two Gaussians are, in the widths of the second. */
function widthsBetween(one: Place, [mx, my, l11, l21, l22]: Place): number {
  const u1 = (one[0] - mx) / l11
  const u2 = (one[1] - my - l21 * u1) / l22
  const shape = [Math.log(one[2] / l11), (one[3] - (l21 * one[2]) / l11) / l22, Math.log(one[4] / l22)]
  return Math.hypot(u1, u2, ...shape)
}

const thinPair = parsePlaneComponents(
  '0.709,-2.763,-2.731,0.7329,0.4136,0.831;0.736,1.116,2.314,1.999,0.4907,0.538',
)

describe('a minimum of reverse KL in the plane', () => {
  it('is none where only a coarse grid has one, on the bend between two thin components', () => {
    const found = planeLocalMinima('reverse', thinPair, false)
    expect(found.map(({ divergence }) => divergence.toFixed(3))).toEqual(['0.675', '0.712'])
    for (const [index, { mean }] of found.entries()) {
      const component = thinPair[1 - index]
      expect(Math.hypot(mean[0] - component.mean[0], mean[1] - component.mean[1])).toBeLessThan(1e-3)
    }
  })

  const hundredths = (min: number, max: number) =>
    fc.integer({ min: 100 * min, max: 100 * max }).map((value) => value / 100)
  /** 2 to 6 components within ±4, of standard deviations 0.25 to 2 and correlations up to ±0.9. */
  const mixtures = fc
    .array(
      fc.record({
        weight: hundredths(0.05, 1),
        mean: fc.tuple(hundredths(-4, 4), hundredths(-4, 4)),
        sds: fc.tuple(hundredths(0.25, 2), hundredths(0.25, 2)),
        correlation: hundredths(-0.9, 0.9),
      }),
      { minLength: 2, maxLength: 6 },
    )
    .map((rows) => {
      const total = rows.reduce((sum, { weight }) => sum + weight, 0)
      return rows.map(({ weight, mean, sds: [x, y], correlation }): PlaneComponent => {
        return { weight: weight / total, mean, covariance: [x * x, correlation * x * y, y * y] }
      })
    })
  const nudges = fc.array(fc.constantFrom(-0.01, 0.01), { minLength: 5, maxLength: 5 })

  it('keeps descents of their own, on a finer grid, in random mixtures', () => {
    fc.assert(
      fc.property(mixtures, fc.boolean(), nudges, (components, diagonal, nudge) => {
        const free = [true, true, true, !diagonal, true]
        const found = planeLocalMinima('reverse', components, diagonal)
        expect(found.length).toBeGreaterThan(0)
        for (const { mean, covariance, divergence } of found) {
          const minimum = placeOf(mean, covariance)
          const start = moved(
            minimum,
            nudge.map((entry, index) => (free[index] ? entry : 0)),
          )
          const end = descend(components, start, free)
          const said = JSON.stringify({ components, diagonal, mean, covariance, divergence, end })
          expect(widthsBetween(end.at, minimum), said).toBeLessThan(0.05)
          // the grids differ by this much where log p bends sharply
          expect(divergence - end.value, said).toBeLessThan(1e-3 * Math.max(1, divergence))
        }
      }),
      { numRuns: 12, examples: [[thinPair, false, [0.01, 0.01, 0.01, 0.01, 0.01]]] },
    )
  })
})
