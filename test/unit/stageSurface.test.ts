import { describe, expect, test } from 'vitest'
import { createMapping } from '../../src/stage/axis.ts'
import {
  type Axes,
  cellsBefore,
  heightAt,
  heightShare,
  surfaceGrid,
  surfaceHit,
  surfaceSlopes,
  surfaceTriangles,
} from '../../src/stage/surfaceGrid.ts'

const axes: Axes = {
  x: createMapping('linear', [0, 4], [0, 1]),
  y: createMapping('linear', [-1, 1], [0, 1]),
  height: heightShare('linear', [0, 10]),
}
const x = [0, 1, 3, 4]
const y = [-1, 0, 1]
/** A tilted plane: interpolation between its points is exact for any distances. */
const plane = y.flatMap((b) => x.map((a) => a + 2.5 * b + 3))
const grid = surfaceGrid({ x, y, heights: plane }, axes)

describe('heights', () => {
  test('beyond the domain lie at its ends', () => {
    const share = heightShare('linear', [2, 4])
    expect([1, 2, 3, 4, 5, Infinity, -Infinity].map(share)).toEqual([0, 0, 0.5, 1, 1, 1, 0])
    expect(share(Number.NaN)).toBeNaN()
  })

  test('at and below zero lie at the low end of a logarithmic axis', () => {
    const share = heightShare('log', [0.01, 100])
    expect([-1, 0, 0.001, 1, 1000].map(share)).toEqual([0, 0, 0, expect.closeTo(0.5, 12), 1])
    expect(heightShare('log', [100, 0.01])(0)).toBe(1)
  })

  test('that are not finite, and places beside the axes, are holes', () => {
    const heights = [...plane]
    heights[5] = Number.NaN
    heights[6] = Infinity
    const holed = surfaceGrid({ x: [0, 1, 3, 9], y, heights }, axes)
    expect([...holed.heights].map(Number.isNaN)).toEqual(
      [0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1].map((hole) => hole === 1),
    )
  })
})

describe('triangles', () => {
  const area = (corners: Uint32Array, { columns, rows }: typeof grid) => {
    let sum = 0
    for (let first = 0; first < corners.length; first += 3) {
      const [a, b, c] = [...corners.slice(first, first + 3)].map((corner) => [
        columns[corner % columns.length],
        rows[Math.floor(corner / columns.length)],
      ])
      sum += Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
    }
    return sum
  }

  test('cover the floor once, in any order', () => {
    for (const rows of [0, 1, 2])
      for (const columns of [0, 1, 3]) {
        const corners = surfaceTriangles(grid, { rows, columns })
        expect(corners).toHaveLength(3 * 2 * 6)
        expect(area(corners, grid)).toBeCloseTo(1, 6)
      }
  })

  test('are drawn from both ends toward the eye', () => {
    const cells = (eye: { columns: number; rows: number }) => {
      const corners = surfaceTriangles(grid, eye)
      return Array.from({ length: corners.length / 6 }, (_, cell) =>
        Math.min(...corners.slice(cell * 6, cell * 6 + 6)),
      )
    }
    // a cell's name is its first corner: 0, 1, 2 in the first row, and 4, 5, 6 in the second
    expect(cells({ columns: 0, rows: 0 })).toEqual([6, 5, 4, 2, 1, 0])
    expect(cells({ columns: 3, rows: 2 })).toEqual([0, 1, 2, 4, 5, 6])
    expect(cells({ columns: 1, rows: 2 })).toEqual([0, 2, 1, 4, 6, 5])
  })

  test('of cells, those are before an eye whose middle is', () => {
    const places = Float32Array.of(0, 0.25, 0.75, 1)
    expect([-1, 0.1, 0.2, 0.5001, 0.9, 7].map((eye) => cellsBefore(places, eye))).toEqual([0, 0, 1, 2, 3, 3])
    expect(cellsBefore(Float32Array.of(0.5), 1)).toBe(0)
  })

  test('never touch a hole, and half a cell beside it is kept', () => {
    const heights = [...plane]
    heights[5] = Number.NaN
    const holed = surfaceGrid({ x, y, heights }, axes)
    const corners = surfaceTriangles(holed)
    expect(corners).not.toContain(5)
    // four of the six cells have the hole as a corner
    expect(corners).toHaveLength(3 * (2 * 2 + 4))
  })

  test('of a single row or column there are none', () => {
    expect(surfaceTriangles(surfaceGrid({ x, y: [0], heights: [1, 2, 3, 4] }, axes))).toHaveLength(0)
    expect(surfaceTriangles(surfaceGrid({ x: [], y: [], heights: [] }, axes))).toHaveLength(0)
  })
})

test('slopes of a plane are the same everywhere, also at its edges and beside a hole', () => {
  // a whole axis of x is 4, and of y 2, in values; a whole height is 10
  const expected = [0.4, 0.5]
  for (const value of surfaceSlopes(grid).entries()) expect(value[1]).toBeCloseTo(expected[value[0] % 2], 5)
  const heights = [...plane]
  heights[5] = Number.NaN
  const holed = surfaceSlopes(surfaceGrid({ x, y, heights }, axes))
  for (const vertex of [0, 1, 6, 9])
    expect(holed[vertex * 2 + 1]).toBeCloseTo(vertex === 1 || vertex === 9 ? 0 : 0.5, 5)
  expect(holed[10]).toBe(0)
})

describe('reading', () => {
  test('between the points is linear', () => {
    const value = (a: number, b: number) => (a + 2.5 * b + 3) / 10
    for (const [a, b] of [
      [0, -1],
      [2.2, 0.3],
      [3.9, -0.99],
      [4, 1],
    ])
      expect(heightAt(grid, a / 4, (b + 1) / 2)).toBeCloseTo(value(a, b), 5)
    expect(heightAt(grid, -0.01, 0.5)).toBeNaN()
    expect(heightAt(grid, 0.5, 1.01)).toBeNaN()
  })

  test('a ray meets the surface where both are at the same height', () => {
    const hit = surfaceHit(grid, [-1, -2, 3], [0.7, 1.1, -1.1])
    if (!hit) throw new Error('The ray goes through the middle of the box.')
    expect(heightAt(grid, hit.x, hit.y)).toBeCloseTo(3 - 1.1 * hit.distance, 5)
    expect(hit.x).toBeCloseTo(-1 + 0.7 * hit.distance, 9)
    expect(hit.y).toBeCloseTo(-2 + 1.1 * hit.distance, 9)
  })

  test('straight down, and onto a flat floor', () => {
    expect(surfaceHit(grid, [0.25, 0.5, 5], [0, 0, -1])).toMatchObject({
      x: 0.25,
      y: 0.5,
      distance: expect.closeTo(4.6, 4),
    })
    const flat = surfaceGrid({ x, y, heights: plane.map(() => 0) }, axes)
    expect(surfaceHit(flat, [0.5, 0.5, 1], [0, 0, -1])?.distance).toBeCloseTo(1, 4)
  })

  test('a ray that goes by, or through a hole, meets nothing', () => {
    expect(surfaceHit(grid, [0.5, 0.5, 2], [0, 0, 1])).toBeUndefined()
    expect(surfaceHit(grid, [5, 5, 5], [0, 0, -1])).toBeUndefined()
    const nothing = surfaceGrid({ x, y, heights: plane.map(() => Number.NaN) }, axes)
    expect(surfaceHit(nothing, [0.5, 0.5, 2], [0, 0, -1])).toBeUndefined()
  })
})
