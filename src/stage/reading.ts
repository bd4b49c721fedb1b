/** The read-out of a chart at the pointer: each mark's own point nearest to an x, never an interpolation. */
import { formatValue } from './axis.ts'
import type { Axis, ChartContent, Mark } from './contract.ts'
import { asKnown } from './known.ts'
import { markName } from './legend.ts'
import type { Frame } from './marks/drawing.ts'

export interface Row {
  readonly mark: Mark
  readonly text: string
  /** Pixel of the point; undefined outside the plot. A line across the plot has only a height. */
  readonly x?: number
  readonly y?: number
}

export interface Reading {
  /** The pixel that the crosshair snaps to. */
  readonly x: number
  readonly title: string
  readonly rows: readonly Row[]
}

/** Marks with points along x. */
type ReadMark = Exclude<Mark, { kind: 'rule' | 'raster' }>

interface Point {
  readonly mark: ReadMark
  readonly index: number
  readonly x: number
}

const withUnit = (text: string, axis: Axis) => (axis.unit ? `${text} ${axis.unit}` : text)

const isRead = (mark: Mark): mark is ReadMark => mark.kind !== 'rule' && mark.kind !== 'raster'

/** Pixels of a mark's readable points; NaN for points that cannot be read. */
function positions(mark: ReadMark, frame: Frame): (index: number) => number {
  if (mark.kind !== 'histogram') return (index) => frame.x(mark.x[index])
  return (index) => (frame.x(mark.edges[index]) + frame.x(mark.edges[index + 1])) / 2
}

function length(mark: ReadMark): number {
  if (mark.kind === 'histogram') return Math.min(mark.heights.length, mark.edges.length - 1)
  return Math.min(mark.x.length, mark.y.length)
}

function nearest(mark: ReadMark, frame: Frame, pixel: number): Point | undefined {
  const position = positions(mark, frame)
  const { left, width } = frame.plot
  let best = -1
  let distance = Infinity
  const count = length(mark)
  for (let index = 0; index < count; index++) {
    const x = position(index)
    // false for NaN
    const away = Math.abs(x - pixel)
    if (away < distance && x >= left - 1 && x <= left + width + 1) {
      distance = away
      best = index
    }
  }
  return best < 0 ? undefined : { mark, index: best, x: position(best) }
}

const rounded = (value: number) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)))

function rowOf({ mark, index, x }: Point, at: number, frame: Frame, content: ChartContent): Row {
  // rounded: it only tells which neighbour was read
  const writeX = content.x.format ?? ((value: number) => formatValue(rounded(value)))
  const writeY = content.y.format ?? content.format ?? formatValue
  const value = mark.kind === 'histogram' ? mark.heights[index] : mark.y[index]
  const error = mark.kind === 'dots' ? (mark.error?.[index] ?? 0) : 0
  const write = (Number.isFinite(value) && asKnown(error)) || writeY
  let text = write(value)
  if (error > 0) text += ` ± ${write(error)}`
  if (!Number.isNaN(value)) text = withUnit(text, content.y)
  if (Math.abs(x - at) > 1 && mark.kind !== 'histogram')
    text += ` (at ${withUnit(writeX(mark.x[index]), content.x)})`
  const y = frame.y(value)
  const { top, height } = frame.plot
  return y >= top - 1 && y <= top + height + 1 ? { mark, text, x, y } : { mark, text }
}

/** All readable values at the point nearest to this pixel. */
export function readAt(pixel: number, frame: Frame, content: ChartContent): Reading | undefined {
  const marks = content.marks.filter((mark) => markName(mark) && mark.hover !== false)
  const points = marks
    .filter(isRead)
    .map((mark) => nearest(mark, frame, pixel))
    .filter((point) => point !== undefined)
  if (points.length === 0) return undefined
  const away = (point: Point) => Math.abs(point.x - pixel) - (point.mark.kind === 'dots' ? 10 : 0)
  const first = points.reduce((best, point) => (away(point) < away(best) ? point : best))
  const rows: Row[] = []
  for (const mark of marks) {
    if (mark.kind === 'rule') {
      if (mark.axis === 'y')
        rows.push({
          mark,
          y: frame.y(mark.value),
          text: withUnit((content.y.format ?? content.format ?? formatValue)(mark.value), content.y),
        })
      continue
    }
    if (!isRead(mark)) continue
    const point = nearest(mark, frame, first.x)
    // a dot far from here would only confuse; so would the bin of another histogram
    const reach = mark.kind === 'dots' ? 8 : mark.kind === 'histogram' ? binReach(mark, frame, point) : 40
    if (point && Math.abs(point.x - first.x) <= reach) rows.push(rowOf(point, first.x, frame, content))
  }
  return { x: first.x, title: titleOf(first, content), rows }
}

function binReach(mark: Mark & { kind: 'histogram' }, frame: Frame, point: Point | undefined): number {
  if (!point) return 0
  const half = Math.abs(frame.x(mark.edges[point.index + 1]) - frame.x(mark.edges[point.index])) / 2
  return half + 0.5
}

function titleOf({ mark, index }: Point, content: ChartContent): string {
  const write = content.x.format ?? formatValue
  if (mark.kind !== 'histogram') return `${content.x.label} ${withUnit(write(mark.x[index]), content.x)}`
  return `${content.x.label} ${write(mark.edges[index])} … ${withUnit(write(mark.edges[index + 1]), content.x)}`
}

/** The pixel of the next readable point to the right (`direction` 1) or to the left (−1). */
export function stepFrom(
  pixel: number,
  direction: number,
  frame: Frame,
  content: ChartContent,
): number | undefined {
  const { left, width } = frame.plot
  let best: number | undefined
  for (const mark of content.marks) {
    if (!mark.name || mark.hover === false || !isRead(mark)) continue
    const position = positions(mark, frame)
    const count = length(mark)
    for (let index = 0; index < count; index++) {
      const x = position(index)
      const ahead = (x - pixel) * direction
      if (!(ahead > 0.5) || x < left - 1 || x > left + width + 1) continue
      if (best === undefined || ahead < (best - pixel) * direction) best = x
    }
  }
  return best
}
