import { describe, expect, test } from 'vitest'
import { createMapping } from '../../src/stage/axis.ts'
import type { MarkOf } from '../../src/stage/marks/drawing.ts'
import { rasterPixels } from '../../src/stage/marks/raster.ts'
import { channels, palette } from '../../src/stage/palette.ts'
import { PointIndex } from '../../src/stage/pointIndex.ts'
import { createStyle } from '../../src/stage/style.ts'
import { seeded } from '../stage/seeded.ts'

const frame = {
  x: createMapping('linear', [0, 1], [40, 540]),
  y: createMapping('linear', [0, 1], [320, 20]),
  plot: { left: 40, top: 20, width: 500, height: 300 },
  style: createStyle('dark', 1280, 800),
}
const dots = (x: ArrayLike<number>, y: ArrayLike<number>): MarkOf<'dots'> => ({
  kind: 'dots',
  role: 'neutral',
  x,
  y,
})
const reach = 20

describe('the nearest dot', () => {
  test('is the one that looking at all of them finds', () => {
    const uniform = seeded(3)
    const count = 10_000
    // some outside the plot, some without a place
    const x = Float64Array.from({ length: count }, (_, index) =>
      index % 97 === 0 ? Number.NaN : 1.2 * uniform() - 0.1,
    )
    const y = Float64Array.from({ length: count }, () => 1.2 * uniform() - 0.1)
    const sparse = 200
    for (const size of [count, sparse]) {
      const index = new PointIndex(dots(x.slice(0, size), y.slice(0, size)), frame, reach)
      for (let trial = 0; trial < 500; trial++) {
        const [px, py] = [600 * uniform() - 10, 380 * uniform() - 20]
        let best: number | undefined
        let closest = reach
        for (let at = 0; at < size; at++) {
          if (!(x[at] >= 0 && x[at] <= 1 && y[at] >= 0 && y[at] <= 1)) continue
          const away = Math.hypot(frame.x(x[at]) - px, frame.y(y[at]) - py)
          if (away <= closest) [best, closest] = [at, away]
        }
        const found = index.nearest(px, py)
        // the plot includes its edge and half a pixel more
        const atEdge =
          found !== undefined && !(x[found] >= 0 && x[found] <= 1 && y[found] >= 0 && y[found] <= 1)
        if (!atEdge) expect(found).toBe(best)
      }
    }
  })

  test('is none far from all, none without dots, and the one drawn last of several in one place', () => {
    const index = new PointIndex(dots([0.5, 0.5], [0.5, 0.5]), frame, reach)
    expect(index.nearest(290, 170)).toBe(1)
    expect(index.nearest(290 + reach, 170)).toBe(1)
    expect(index.nearest(290 + reach + 0.1, 170)).toBeUndefined()
    expect(index.nearest(1e9, -1e9)).toBeUndefined()
    const none = new PointIndex(dots([], []), frame, reach)
    expect([none.nearest(100, 100), none.end(1), none.towards({ x: 0, y: 0 }, 1, 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('arrow keys', () => {
  // a cross with a far dot at the upper right, and an invisible dot
  const index = new PointIndex(
    dots([0.5, 0.3, 0.7, 0.5, 0.5, 0.9, 2], [0.5, 0.5, 0.5, 0.8, 0.2, 0.9, 0.5]),
    frame,
    reach,
  )
  const from = (start: number, across: number, down: number) => {
    const place = index.place(start)
    return place && index.towards(place, across, down)
  }

  test('lead to the next dot in their direction', () => {
    expect(from(0, -1, 0)).toBe(1)
    expect(from(0, 1, 0)).toBe(2)
    expect(from(0, 0, -1)).toBe(3)
    expect(from(0, 0, 1)).toBe(4)
  })

  test('lead aside where nothing lies straight ahead, and nowhere where nothing is', () => {
    expect(from(2, 0, -1)).toBe(5)
    expect(from(1, -1, 0)).toBeUndefined()
    expect(from(5, 1, 0)).toBeUndefined()
  })

  test('reach the first and the last that are seen', () => {
    expect([index.end(1), index.end(-1)]).toEqual([0, 5])
    expect(index.place(6)).toBeUndefined()
    expect(index.place(99)).toBeUndefined()
  })
})

describe('a raster', () => {
  const { roles } = palette('dark')
  const mark: MarkOf<'raster'> = {
    kind: 'raster',
    role: 'neutral',
    x: [0, 1],
    y: [0, 1],
    columns: 3,
    rows: 2,
    values: [0, 1, 2, 1, 0, 7],
    roles: ['class3', 'first'],
    strength: [1, 0.5, 1, Number.NaN, 4, 1],
  }

  test('has the roles’ colours row by row, as strong as asked, and holes where there is no role', () => {
    const pixels = new Uint8Array(24).fill(9)
    rasterPixels(mark, palette('dark'), pixels)
    const cell = (index: number) => [...pixels.slice(4 * index, 4 * index + 4)]
    expect(cell(0)).toEqual([...channels(roles.class3), 255])
    expect(cell(1)).toEqual([...channels(roles.first), 128])
    expect(cell(2)).toEqual([0, 0, 0, 0])
    expect(cell(3)[3]).toBe(0)
    expect(cell(4)).toEqual([...channels(roles.class3), 255])
    expect(cell(5)).toEqual([0, 0, 0, 0])
  })

  test('is fully strong where no strength is given', () => {
    const pixels = new Uint8Array(24)
    rasterPixels({ ...mark, strength: undefined }, palette('dark'), pixels)
    expect([3, 7, 11, 15, 19, 23].map((at) => pixels[at])).toEqual([255, 255, 0, 255, 255, 0])
  })
})
