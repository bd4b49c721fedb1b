import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { klLab as lab } from '../../src/labs/kl/index.ts'
import { typed } from '../../src/labs/kl/parameters.ts'
import { draggedEdge, surrogateKl, uniformKl, uniformPieces } from '../../src/labs/kl/uniform.ts'
import { UniformExperiment } from '../../src/labs/kl/uniformExperiment.ts'
import { defaults } from '../../src/labs/validation.ts'

const infinity = Number.POSITIVE_INFINITY

/** Two different edges in order, at the slider's resolution, within −10 to 10. */
const interval = fc
  .uniqueArray(fc.integer({ min: -200, max: 200 }), { minLength: 2, maxLength: 2 })
  .map((edges) => edges.sort((one, other) => one - other).map((twentieths) => twentieths / 20))

/** Share of [a, b] outside [c, d]. */
const outside = (a: number, b: number, c: number, d: number) =>
  1 - Math.max(0, Math.min(b, d) - Math.max(a, c)) / (b - a)

describe('KL of uniform distributions', () => {
  it.each([
    [0, 1, 0, 2, Math.LN2, infinity],
    [0, 2, 0, 1, infinity, Math.LN2],
    [0, 1, 0, 1, 0, 0],
    [0, 1, 2, 3, infinity, infinity],
    // supports that touch in one point share no mass
    [0, 1, 1, 2, infinity, infinity],
    [0, 2, 1, 3, infinity, infinity],
    [-10, 10, 9.95, 10, infinity, Math.log(400)],
  ])('U(%d, %d) and U(%d, %d): %d and %d', (a, b, c, d, forward, reverse) => {
    const kl = uniformKl(a, b, c, d)
    if (Number.isFinite(forward)) expect(kl.forward).toBeCloseTo(forward, 12)
    else expect(kl.forward).toBe(infinity)
    if (Number.isFinite(reverse)) expect(kl.reverse).toBeCloseTo(reverse, 12)
    else expect(kl.reverse).toBe(infinity)
  })

  it('is the sum over the pieces, Infinity exactly where a support sticks out', () => {
    fc.assert(
      fc.property(interval, interval, ([a, b], [c, d]) => {
        const kl = uniformKl(a, b, c, d)
        const pieces = uniformPieces(a, b, c, d)
        const sum = { forward: 0, reverse: 0 }
        for (const { from, to, p, q } of pieces) {
          if (p > 0) sum.forward += (to - from) * p * Math.log(p / q)
          if (q > 0) sum.reverse += (to - from) * q * Math.log(q / p)
        }
        for (const kind of ['forward', 'reverse'] as const) {
          const out = kind === 'forward' ? outside(a, b, c, d) > 0 : outside(c, d, a, b) > 0
          expect(kl[kind] === infinity).toBe(out)
          expect(sum[kind] === infinity).toBe(out)
          expect(pieces.some(({ infinite }) => infinite === kind)).toBe(out)
          if (!out) expect(Math.abs(kl[kind] - sum[kind])).toBeLessThan(1e-12)
          expect(kl[kind]).toBeGreaterThanOrEqual(0)
          // 0 and never −0, which would be shown as "-0"
          expect(Object.is(kl[kind], -0)).toBe(false)
        }
        expect(kl.forward === 0).toBe(a === c && b === d)
        // both are finite only if the intervals are equal: with other widths one is infinite
        if (!(a === c && b === d)) expect(Math.max(kl.forward, kl.reverse)).toBe(infinity)
      }),
      { numRuns: 1000 },
    )
  })

  it('pieces follow each other, cover both supports and nothing else, and hold all mass', () => {
    fc.assert(
      fc.property(interval, interval, ([a, b], [c, d]) => {
        const pieces = uniformPieces(a, b, c, d)
        for (const [index, { from, to, p, q }] of pieces.entries()) {
          expect(from).toBeLessThan(to)
          expect(p + q).toBeGreaterThan(0)
          if (index > 0) expect(from).toBeGreaterThanOrEqual(pieces[index - 1].to)
        }
        const mass = (of: 'p' | 'q') =>
          pieces.reduce((sum, piece) => sum + (piece.to - piece.from) * piece[of], 0)
        expect(mass('p')).toBeCloseTo(1, 12)
        expect(mass('q')).toBeCloseTo(1, 12)
      }),
    )
    expect(uniformPieces(0, 1, 0, 2)).toEqual([
      { from: 0, to: 1, p: 1, q: 0.5, infinite: undefined },
      { from: 1, to: 2, p: 0, q: 0.5, infinite: 'reverse' },
    ])
    // the gap between disjoint supports is no piece
    expect(uniformPieces(2, 3, 0, 1)).toEqual([
      { from: 0, to: 1, p: 0, q: 1, infinite: 'reverse' },
      { from: 2, to: 3, p: 1, q: 0, infinite: 'forward' },
    ])
  })
})

describe('an edge that is dragged', () => {
  const edges = { a: 0, b: 1, c: -2, d: 2 }

  it('stays on the other distribution’s edge while it is near, and is followed by the hand else', () => {
    const hand = [1.1, 1.06, 1.04, 1.03, 1.02, 1.01, 1, 0.99, 0.98, 0.97, 0.95]
    let d = edges.d
    const places = hand.map((x) => {
      d = draggedEdge({ ...edges, d }, 'd', x)
      return d
    })
    expect(places).toEqual([1.1, 1.06, 1.04, 1, 1, 1, 1, 1, 1, 1, 0.95])
    // dragged from beyond, where it is already on the edge
    expect(draggedEdge({ ...edges, d: 1 }, 'd', 1.03)).toBe(1)
  })

  it('meets it exactly, whatever digits it has, and the nearer of two', () => {
    expect(draggedEdge({ ...edges, b: 1.23456 }, 'd', 1.21)).toBe(1.23456)
    expect(draggedEdge({ a: 0, b: 0.05, c: -2, d: 2 }, 'd', 0.04)).toBe(0.05)
  })

  it('is kept in order and in range', () => {
    expect(draggedEdge(edges, 'a', 3)).toBe(0.95)
    expect(draggedEdge(edges, 'd', -5)).toBe(-1.95)
    expect(draggedEdge(edges, 'c', -30)).toBe(-10)
  })
})

describe('the smoothed surrogate', () => {
  const epsilon = fc.integer({ min: 3, max: 120 }).map((tenths) => 10 ** (-tenths / 10))

  it('is finite, not below 0, and 0 where both are the same', () => {
    fc.assert(
      fc.property(interval, interval, epsilon, ([a, b], [c, d], share) => {
        const { forward, reverse } = surrogateKl(a, b, c, d, share)
        for (const value of [forward, reverse]) {
          expect(Number.isFinite(value)).toBe(true)
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value > 0).toBe(!(a === c && b === d))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('is the integral over smoothed densities', () => {
    const [a, b, c, d, share] = [-1, 2, 0.5, 4, 0.01]
    const density = (x: number, from: number, to: number) =>
      (x > from && x < to ? (1 - share) / (to - from) : 0) + share / 20
    let forward = 0
    let reverse = 0
    // midpoints of cells whose borders are the edges
    for (let cell = 0; cell < 4000; cell++) {
      const x = -10 + (cell + 0.5) / 200
      const [p, q] = [density(x, a, b), density(x, c, d)]
      forward += (p * Math.log(p / q)) / 200
      reverse += (q * Math.log(q / p)) / 200
    }
    expect(surrogateKl(a, b, c, d, share).forward).toBeCloseTo(forward, 11)
    expect(surrogateKl(a, b, c, d, share).reverse).toBeCloseTo(reverse, 11)
  })

  it('grows by (mass sticking out) · ln 10 for every tenth of ε', () => {
    fc.assert(
      fc.property(interval, interval, ([a, b], [c, d]) => {
        const near = surrogateKl(a, b, c, d, 1e-9)
        const nearer = surrogateKl(a, b, c, d, 1e-10)
        // the rest of the difference is of the order of ε log ε, times a ratio of densities of at most 400
        expect(nearer.forward - near.forward).toBeCloseTo(outside(a, b, c, d) * Math.LN10, 5)
        expect(nearer.reverse - near.reverse).toBeCloseTo(outside(c, d, a, b) * Math.LN10, 5)
      }),
    )
  })

  it('tends to the KL where that is finite', () => {
    expect(surrogateKl(0, 1, 0, 2, 1e-12).forward).toBeCloseTo(Math.LN2, 9)
    expect(surrogateKl(-10, 10, 9.95, 10, 1e-12).reverse).toBeCloseTo(Math.log(400), 8)
  })
})

it('is still: its run ends at its first step, and the lab says so of no other family', () => {
  const values = defaults(lab.parameters, { family: 'uniform' })
  expect(new UniformExperiment(typed(values)).lastStep).toBe(0)
  expect(lab.still?.(values)).toBe(true)
  for (const family of ['gaussian1d', 'gaussian2d']) expect(lab.still?.({ ...values, family })).toBe(false)
})
