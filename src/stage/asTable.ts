/** The values of a picture as tables, for those who cannot see it and for those who want the numbers. No DOM. */
import { axisTitle, formatValue } from './axis.ts'
import type {
  BarsContent,
  ChartContent,
  Mark,
  Numbers,
  SceneContent,
  Surface,
  SurfaceContent,
} from './contract.ts'

export interface Sheet {
  /** What it lists, and how many values of how many, if not all. */
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Rows of a sheet at most: nobody reads more. */
const mostRows = 100

type Format = (value: number) => string

/** A curve, or dots. */
interface Series {
  readonly name: string
  /** What each dot is, where single dots are read. */
  readonly titles?: (index: number) => string
  readonly x: Numbers
  readonly y: Numbers
  readonly error?: Numbers
}

/** Evenly chosen indices, the first and the last one among them. */
export function chosen(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index)
  return Array.from({ length: most }, (_, index) => Math.round((index * (length - 1)) / (most - 1)))
}

const counted = (what: string, all: number, most: number) =>
  all > most ? `${what}: ${most} of ${formatValue(all)} values, evenly chosen` : what

function ascends(x: Numbers): boolean {
  for (let index = 1; index < x.length; index++) if (!(x[index] >= x[index - 1])) return false
  return true
}

function seriesOf(mark: Mark, index: number, pick: ChartContent['pick']): Series | undefined {
  const name = mark.name ?? (mark.kind === 'dots' ? 'dots' : 'values')
  if (mark.kind === 'histogram') {
    const middles = Array.from(mark.heights, (_, bin) => (mark.edges[bin] + mark.edges[bin + 1]) / 2)
    return { name, x: middles, y: mark.heights }
  }
  if (mark.kind === 'line' || mark.kind === 'area' || mark.kind === 'dots')
    return {
      name,
      x: mark.x,
      y: mark.y,
      error: mark.kind === 'dots' ? mark.error : undefined,
      titles: pick?.mark === index ? (at) => pick.read(at).title : undefined,
    }
  return undefined
}

/** All functions of x side by side: a row for each x, a column for each of them. */
function sideBySide(series: readonly Series[], x: string, y: string, write: Format, writeX: Format): Sheet {
  const columns = series.map(({ name }) => name)
  const cells = new Map<number, string[]>()
  const most = Math.max(2, Math.floor(mostRows / new Set(series.map((one) => one.x.length)).size))
  for (const [column, one] of series.entries())
    for (const index of chosen(one.x.length, most)) {
      const row = cells.get(one.x[index]) ?? columns.map(() => '')
      const error = one.error?.[index]
      row[column] = write(one.y[index]) + (error === undefined ? '' : ` ± ${write(error)}`)
      cells.set(one.x[index], row)
    }
  const rows = [...cells].sort(([one], [other]) => one - other).map(([at, row]) => [writeX(at), ...row])
  const longest = Math.max(...series.map((one) => one.x.length))
  return { caption: counted(y || 'Values', longest, most), columns: [x, ...columns], rows }
}

/** Dots that lie anywhere, or a path: a row for each. */
function listed(
  { name, x, y, titles }: Series,
  labels: readonly [string, string],
  formats: readonly [Format, Format],
): Sheet {
  const title = (index: number) => (titles ? [titles(index)] : [])
  return {
    caption: counted(name, x.length, mostRows),
    columns: [...(titles ? ['dot'] : []), ...labels],
    rows: chosen(x.length, mostRows).map((index) => [
      ...title(index),
      formats[0](x[index]),
      formats[1](y[index]),
    ]),
  }
}

export function chartSheets(content: ChartContent): readonly Sheet[] {
  const write = content.y.format ?? content.format ?? formatValue
  const writeX = content.x.format ?? formatValue
  const x = axisTitle(content.x) || 'x'
  const y = axisTitle(content.y)
  const all = content.marks
    .flatMap((mark, index) => seriesOf(mark, index, content.pick) ?? [])
    .filter((one) => one.x.length > 0)
  const functions = all.filter((one) => !one.titles && ascends(one.x))
  const rules = content.marks.flatMap((mark) =>
    mark.kind === 'rule'
      ? [[mark.name ?? mark.label ?? 'line', (mark.axis === 'x' ? writeX : write)(mark.value)]]
      : [],
  )
  return [
    ...(rules.length > 0
      ? [{ caption: 'Lines across the chart', columns: ['line', 'value'], rows: rules }]
      : []),
    ...(functions.length > 0 ? [sideBySide(functions, x, y, write, writeX)] : []),
    ...all
      .filter((one) => !functions.includes(one))
      .map((one) => listed(one, [x, y || 'y'], [writeX, write])),
  ]
}

/** Each row of the field with its highest bar: a softmax with its largest probability. */
function barSheets({ fields, height, rowLabel, columnLabel }: BarsContent): readonly Sheet[] {
  const write = height.format ?? formatValue
  return fields.map(({ name, rows, columns, heights }) => ({
    caption: counted(`${name}, the highest bar of each row`, rows, mostRows),
    columns: [
      rowLabel || 'row',
      `${columnLabel || 'column'} of the highest bar`,
      axisTitle(height) || 'height',
    ],
    rows: chosen(rows, mostRows).map((row) => {
      const own = Array.from({ length: columns }, (_, column) => heights[row * columns + column])
      const highest = own.reduce((best, value, column) => (value > own[best] ? column : best), 0)
      return [String(row + 1), String(highest + 1), write(own[highest])]
    }),
  }))
}

function ends({ x, y, heights }: Surface): readonly (readonly [string, number])[] {
  let lowest = -1
  let highest = -1
  for (let at = 0; at < heights.length; at++) {
    if (!Number.isFinite(heights[at])) continue
    if (lowest < 0 || heights[at] < heights[lowest]) lowest = at
    if (highest < 0 || heights[at] > heights[highest]) highest = at
  }
  return lowest < 0 || x.length * y.length === 0
    ? []
    : [
        ['lowest', lowest],
        ['highest', highest],
      ]
}

/** The ends of each surface, then its paths and points. */
function surfaceSheets({ x, y, height, surfaces, paths, points }: SurfaceContent): readonly Sheet[] {
  const writes = [x, y, height].map((axis) => axis.format ?? formatValue)
  const titles = [axisTitle(x) || 'x', axisTitle(y) || 'y', axisTitle(height) || 'height']
  const cells = (...values: readonly number[]) => values.map((value, axis) => writes[axis](value))
  const extremes = surfaces.flatMap((surface) =>
    ends(surface).map(([which, at]) => {
      const { length } = surface.x
      const place = cells(surface.x[at % length], surface.y[Math.floor(at / length)], surface.heights[at])
      return [`${surface.name}, ${which} point`, ...place]
    }),
  )
  const lines = [...paths, ...points].filter((one) => one.x.length > 0)
  return [
    ...(extremes.length > 0 ? [{ caption: 'Surfaces', columns: ['point', ...titles], rows: extremes }] : []),
    ...lines.map(({ name, ...one }, index) => ({
      caption: counted(name ?? `Points ${index + 1}`, one.x.length, mostRows),
      columns: titles,
      rows: chosen(one.x.length, mostRows).map((at) => cells(one.x[at], one.y[at], one.heights[at])),
    })),
  ]
}

export function sceneSheets(content: SceneContent): readonly Sheet[] {
  return content.kind === 'surface' ? surfaceSheets(content) : barSheets(content)
}
