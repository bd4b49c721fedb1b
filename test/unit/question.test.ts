/** What a question computes: how near a sketch is, and what the counted hands say. */
import { describe, expect, it } from 'vitest'
import { compareCurves, placeOf, valueAt } from '../../src/app/question/curve.ts'
import { comparison, counted } from '../../src/app/question/rounds.ts'
import type { SketchAxis } from '../../src/labs/story.ts'

const beta: SketchAxis = { label: 'β', scale: 'log', domain: [1e-6, 100], ticks: [] }
const error: SketchAxis = { label: 'error', unit: '%', scale: 'linear', domain: [0, 100], ticks: [] }

describe('a sketched curve', () => {
  const x = [1e-6, 1e-4, 1e-2, 1, 100]
  const truth = { x, y: [12, 10, 8, 30, 90] }

  it('knows places and values of both scales', () => {
    expect(placeOf(beta, 1e-2)).toBeCloseTo(0.5, 12)
    expect(valueAt(beta, 0.25)).toBeCloseTo(1e-4, 12)
    expect([placeOf(error, 25), valueAt(error, 0.25)]).toEqual([0.25, 25])
  })

  it('is right where it is near, with its lowest point in the right place', () => {
    const same = compareCurves(truth, truth, beta, error)
    expect([same.distance, same.lowest, same.trueLowest, same.right]).toEqual([
      0,
      expect.closeTo(1e-2, 10),
      expect.closeTo(1e-2, 10),
      true,
    ])
    // 5 % of the axis higher everywhere
    const higher = compareCurves({ x, y: truth.y.map((value) => value + 5) }, truth, beta, error)
    expect([higher.distance, higher.right]).toEqual([expect.closeTo(0.05, 12), true])
  })

  it('is wrong where it is far, or dips at the wrong end', () => {
    const flat = compareCurves({ x, y: x.map(() => 50) }, truth, beta, error)
    expect([flat.distance, flat.right]).toEqual([expect.closeTo((38 + 40 + 42 + 20 + 40) / 500, 12), false])
    const dipsRight = compareCurves({ x, y: [12, 10, 9, 8, 90] }, truth, beta, error)
    expect(dipsRight.distance).toBeLessThan(0.12)
    expect(dipsRight.right).toBe(false)
  })

  it('is compared between its points, with the mean of equal x, and only where both are', () => {
    const half = { x: [1e-6, 1e-2], y: [10, 20] }
    const seeds = { x: [1e-4, 1e-4, 1, Number.NaN], y: [10, 20, Number.NaN, 5] }
    expect(compareCurves(half, seeds, beta, error).distance).toBeCloseTo(0, 12)
  })
})

describe('hands', () => {
  it('are counted in the last round only, between 0 and 9,999', () => {
    const rounds = [
      [1, 2],
      [3, 0],
    ]
    expect(counted(rounds, 1, (count) => count + 1)).toEqual([
      [1, 2],
      [3, 1],
    ])
    expect(counted(rounds, 1, (count) => count - 1)[1]).toEqual([3, 0])
    expect(counted(rounds, 0, () => 1e6)[1]).toEqual([9999, 0])
  })

  it('are compared with the right answers, before and after a discussion', () => {
    expect(comparison([[12, 28]], [true, false])).toBe('Right hands: 12 of 40 (30 %).')
    expect(
      comparison(
        [
          [12, 28],
          [31, 11],
        ],
        [true, false],
      ),
    ).toBe('Right hands: 12 of 40 (30 %), then 31 of 42 (74 %).')
    expect(comparison([], [true])).toBe('')
    expect(comparison([[0, 0]], [true, false])).toBe('')
  })
})
