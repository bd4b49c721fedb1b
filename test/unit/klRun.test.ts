/** Parts of the KL lab's run that need no backend: starts, paths, and parts for the next run. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineRegion, lineStarts, spread } from '../../src/labs/kl/lattice.ts'
import { Parts } from '../../src/labs/kl/parts.ts'
import { divergence, leastChiSquaredSigma, momentMatch } from '../../src/labs/kl/theory.ts'
import { ThinnedPath } from '../../src/labs/kl/thinnedPath.ts'
import { mixture } from './klReference.ts'

describe('the lattice of starts', () => {
  it('has exactly as many points as asked for, each in a place of its own within the square', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (count, aspect) => {
          const points = spread(count, aspect)
          expect(points).toHaveLength(2 * count)
          expect(points.every((coordinate) => coordinate > 0 && coordinate < 1)).toBe(true)
          const places = new Set<string>()
          for (let point = 0; point < count; point++)
            places.add(`${points[2 * point]} ${points[2 * point + 1]}`)
          expect(places.size).toBe(count)
        },
      ),
    )
  })

  it('is about 4:3 over the region, and one row where σ is fixed', () => {
    const region = lineRegion([{ weight: 1, mean: 1, sd: 2 }], 2)
    expect(region.mu).toEqual([-3, 5])
    const free = lineStarts(1200, region, undefined)
    const rows = new Set(Array.from({ length: 1200 }, (_, start) => free[8 * start + 1]))
    expect(rows.size).toBe(30)
    const fixed = lineStarts(7, region, 0.5)
    for (let start = 0; start < 7; start++) expect(fixed[8 * start + 1]).toBeCloseTo(Math.log(0.5), 6)
  })
})

describe('the starts of χ²', () => {
  it.each([
    ['two modes', mixture([0.5, -3, 1], [0.5, 3, 1])],
    ['a wide one that hardly weighs', mixture([0.999999, 0, 1], [0.000001, 0, 90])],
    ['a narrow one beside a wide one', mixture([0.3, 1, 0.15], [0.7, 0, 2])],
  ])('all lie where it is finite: %s', (_, components) => {
    const least = leastChiSquaredSigma(components)
    const starts = lineStarts(64, lineRegion(components, momentMatch(components).sigma, least), undefined)
    for (let start = 0; start < 64; start++) {
      const [mu, logSigma] = starts.subarray(8 * start)
      expect(divergence('chiSquared', components, mu, Math.exp(logSigma)).value).toBeLessThan(1e300)
    }
    expect(divergence('chiSquared', components, 0, 0.99 * least).value).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a thinned path', () => {
  it('keeps the first and the latest point, in order, whatever way the points came', () => {
    const [one, other] = [new ThinnedPath(), new ThinnedPath()]
    for (let step = 0; step <= 5001; step++) {
      one.add([step, step / 2])
      // the latest point of a slice is also the first of the next
      if (step % 7 === 0) other.add([step, step / 2])
      other.add([step, step / 2])
    }
    const points = one.points()
    expect(other.points()).toEqual(points)
    const steps = points.filter((_, index) => index % 2 === 0)
    expect([steps[0], steps.at(-1)]).toEqual([0, 5001])
    expect(steps.every((step, index) => index === 0 || step > steps[index - 1])).toBe(true)
    expect(steps.length).toBeLessThan(1030)
    expect(steps.length).toBeGreaterThan(500)
    expect([...one.points([1])].every((value, index) => value === steps[index] / 2)).toBe(true)
  })
})

describe('parts', () => {
  it('are kept while their source is the same, and freed once when it is not', () => {
    const parts = new Parts()
    let freed = 0
    const make = () => ({ dispose: () => freed++ })
    const first = parts.obtain('part', [1, { alpha: undefined }], make)
    expect(parts.obtain('part', [1, {}], make)).toBe(first)
    expect(freed).toBe(0)
    expect(parts.obtain('part', [2], make)).not.toBe(first)
    expect(freed).toBe(1)
    parts.obtain('other', [], () => [1, 2])
    parts.dispose()
    parts.dispose()
    expect(freed).toBe(2)
  })
})
