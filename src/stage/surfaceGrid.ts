/** A surface as numbers: its shares of the box, its triangles, its slopes, and the point where a ray hits it. Pure. */
import { createMapping, type Domain } from './axis.ts'
import type { Axis, Numbers, Surface } from './contract.ts'

/** Place along an axis, 0…1; outside the domain below 0 or above 1, NaN where the scale is not defined. */
export type Share = (value: number) => number

export interface Axes {
  readonly x: Share
  readonly y: Share
  /** Clamped to 0…1. */
  readonly height: Share
}

/** A surface in the unit box: places of its columns and rows, and heights, NaN for a hole. */
export interface Grid {
  readonly columns: Float32Array
  readonly rows: Float32Array
  /** [rows, columns] */
  readonly heights: Float32Array
}

/** Maps heights to shares. Heights outside the domain, or not above zero on a logarithmic axis, are put at its ends. */
export function heightShare(scale: Axis['scale'], domain: Domain): Share {
  const mapping = createMapping(scale, domain, [0, 1])
  const lowest = domain[0] < domain[1] ? 0 : 1
  return (value) => (scale === 'log' && value <= 0 ? lowest : Math.max(0, Math.min(1, mapping(value))))
}

export function surfaceGrid({ x, y, heights }: Pick<Surface, 'x' | 'y' | 'heights'>, axes: Axes): Grid {
  const columns = Float32Array.from({ length: x.length }, (_, index) => axes.x(x[index]))
  const rows = Float32Array.from({ length: y.length }, (_, index) => axes.y(y[index]))
  const inside = (share: number) => share >= -1e-6 && share <= 1 + 1e-6
  const shares = new Float32Array(columns.length * rows.length)
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const value = heights[row * columns.length + column]
      const drawn = Number.isFinite(value) && inside(columns[column]) && inside(rows[row])
      shares[row * columns.length + column] = drawn ? axes.height(value) : Number.NaN
    }
  return { columns, rows, heights: shares }
}

/** Number of cells before a share. */
export function cellsBefore(places: Float32Array, share: number): number {
  let count = 0
  while (count < places.length - 1 && (places[count] + places[count + 1]) / 2 < share) count++
  return count
}

/** The cells along one axis, from both ends toward the eye; `before` cells lie before the eye. */
function towardEye(cells: number, before: number): number[] {
  return Array.from({ length: cells }, (_, step) => (step < before ? step : cells - 1 - (step - before)))
}

/**
 * Corners of the triangles, three each; no triangle touches a hole. The eye has so many columns and rows of cells
 * before it. Triangles farther behind come earlier in the list, and so are drawn first.
 */
export function surfaceTriangles(
  { columns, rows, heights }: Grid,
  eye: { readonly columns: number; readonly rows: number } = { columns: 0, rows: 0 },
): Uint32Array {
  const across = towardEye(Math.max(0, columns.length - 1), eye.columns)
  const corners: number[] = []
  for (const row of towardEye(Math.max(0, rows.length - 1), eye.rows))
    for (const column of across) {
      const first = row * columns.length + column
      const cell = [first, first + 1, first + columns.length + 1, first + columns.length]
      const holes = cell.filter((corner) => Number.isNaN(heights[corner]))
      if (holes.length === 0) corners.push(cell[0], cell[1], cell[2], cell[0], cell[2], cell[3])
      // half a cell beside a hole makes the edge of the hole smoother
      else if (holes.length === 1) corners.push(...cell.filter((corner) => corner !== holes[0]))
    }
  return Uint32Array.from(corners)
}

/** Two slopes for each vertex: of the height along the columns and along the rows, in shares. */
export function surfaceSlopes({ columns, rows, heights }: Grid): Float32Array {
  const slopes = new Float32Array(heights.length * 2)
  const across = columns.length
  const slope = (at: number, last: number, place: Numbers, height: (index: number) => number) => {
    // between both neighbours; at an edge or beside a hole between a neighbour and the vertex
    const before = at > 0 && !Number.isNaN(height(at - 1)) ? at - 1 : at
    const after = at < last && !Number.isNaN(height(at + 1)) ? at + 1 : at
    return before === after ? 0 : (height(after) - height(before)) / (place[after] - place[before])
  }
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < across; column++) {
      const at = row * across + column
      if (Number.isNaN(heights[at])) continue
      slopes[at * 2] = slope(column, across - 1, columns, (index) => heights[row * across + index])
      slopes[at * 2 + 1] = slope(row, rows.length - 1, rows, (index) => heights[index * across + column])
    }
  return slopes
}

/** The cell that contains a share, and the place in the cell as a share; undefined outside. */
function cellOf(places: Float32Array, share: number): { index: number; part: number } | undefined {
  const last = places.length - 1
  if (last < 1 || !(share >= places[0] && share <= places[last])) return undefined
  let [low, high] = [0, last]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (places[middle] <= share) low = middle
    else high = middle
  }
  return { index: low, part: (share - places[low]) / (places[high] - places[low]) }
}

/** The height at a place, interpolated between the four corners around it; NaN outside and beside holes. */
export function heightAt({ columns, rows, heights }: Grid, x: number, y: number): number {
  const column = cellOf(columns, x)
  const row = cellOf(rows, y)
  if (!column || !row) return Number.NaN
  const first = row.index * columns.length + column.index
  const second = first + columns.length
  const near = heights[first] * (1 - column.part) + heights[first + 1] * column.part
  const far = heights[second] * (1 - column.part) + heights[second + 1] * column.part
  return near * (1 - row.part) + far * row.part
}

/** A place in the unit box: x, y and height as shares. */
export type BoxPoint = readonly [number, number, number]

const strides = 256

/** The first point where a ray hits the surface, with its distance; undefined if there is none. */
export function surfaceHit(
  grid: Grid,
  origin: BoxPoint,
  direction: BoxPoint,
): { readonly x: number; readonly y: number; readonly distance: number } | undefined {
  let [from, to] = [0, Infinity]
  for (let axis = 0; axis < 3; axis++) {
    // a margin, so that a flat floor or ceiling is hit
    const margin = axis === 2 ? 0.01 : 0
    const ends = [(-margin - origin[axis]) / direction[axis], (1 + margin - origin[axis]) / direction[axis]]
    if (direction[axis] === 0) {
      if (origin[axis] < -margin || origin[axis] > 1 + margin) return undefined
      continue
    }
    from = Math.max(from, Math.min(...ends))
    to = Math.min(to, Math.max(...ends))
  }
  if (!(from < to && Number.isFinite(to))) return undefined
  const place = (distance: number) => origin.map((value, axis) => value + distance * direction[axis])
  const above = (distance: number) => {
    const [x, y, height] = place(distance)
    return height - heightAt(grid, x, y)
  }
  let before = above(from)
  for (let stride = 1; stride <= strides; stride++) {
    let end = from + ((to - from) * stride) / strides
    const after = above(end)
    // false beside a hole
    if (before * after <= 0) {
      let start = from + ((to - from) * (stride - 1)) / strides
      for (let round = 0; round < 20; round++) {
        const middle = (start + end) / 2
        if (above(middle) * before > 0) start = middle
        else end = middle
      }
      const [x, y] = place(end)
      return { x, y, distance: end }
    }
    before = after
  }
  return undefined
}
