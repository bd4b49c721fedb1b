/** All values that a panel shows, as one table of numbers and words, for files. No DOM; asTable.ts is for readers. */
import { axisTitle } from './axis.ts'
import type {
  Axis,
  BarsContent,
  ChartContent,
  DiagramContent,
  Mark,
  Numbers,
  PanelContent,
  SurfaceContent,
  TableContent,
} from './contract.ts'

/** Empty where a row has no such value. */
export type Cell = string | number

export interface Values {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

type Row = Readonly<Record<string, Cell | undefined>>

/** The fewest digits that give the same number of 32 bits again. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

function at(values: Numbers, index: number): number {
  return values instanceof Float32Array && Number.isFinite(values[index])
    ? shortest(values[index])
    : values[index]
}

const indices = (length: number) => Array.from({ length }, (_, index) => index)

/** Columns with these names, of which those that no row fills are left out. */
function table(names: Readonly<Record<string, string>>, rows: readonly Row[]): Values {
  const used = Object.keys(names).filter((key) => rows.some((row) => row[key] !== undefined))
  const titles = used.map((key) => names[key])
  // two axes may have the same title
  const columns = titles.map((title, index) =>
    titles.indexOf(title) < index ? `${title}, ${used[index]}` : title,
  )
  return { columns, rows: rows.map((row) => used.map((key) => row[key] ?? '')) }
}

const title = (axis: Axis, otherwise: string) => axisTitle(axis) || otherwise

function markRows(mark: Mark, series: string, read?: (index: number) => string): readonly Row[] {
  const own = { series, mark: mark.kind }
  switch (mark.kind) {
    case 'line':
    case 'area':
    case 'dots': {
      const length = Math.min(mark.x.length, mark.y.length)
      const { baseline = undefined } = mark.kind === 'area' ? mark : {}
      const { error, roles } = mark.kind === 'dots' ? mark : {}
      return indices(length).map((index) => ({
        ...own,
        name: read?.(index),
        group: roles?.[index],
        x: at(mark.x, index),
        y: at(mark.y, index),
        error: error && at(error, index),
        baseline: typeof baseline === 'object' ? at(baseline, index) : baseline,
      }))
    }
    case 'histogram':
      return indices(Math.min(mark.heights.length, mark.edges.length - 1)).map((bin) => ({
        ...own,
        x: at(mark.edges, bin),
        end: at(mark.edges, bin + 1),
        y: at(mark.heights, bin),
      }))
    case 'rule':
      return [{ ...own, [mark.axis]: mark.value }]
    case 'raster': {
      const { columns, rows, roles, strength, values } = mark
      const middle = ([first, last]: readonly [number, number], index: number, count: number) =>
        first + ((index + 0.5) / count) * (last - first)
      return indices(rows * columns).map((cell) => ({
        ...own,
        group: roles[values[cell]] ?? '',
        x: middle(mark.x, cell % columns, columns),
        y: middle(mark.y, Math.floor(cell / columns), rows),
        strength: strength && at(strength, cell),
      }))
    }
  }
}

function chartValues(content: ChartContent): Values {
  const x = title(content.x, 'x')
  const names = {
    ...{ series: 'series', mark: 'mark', name: 'name', group: 'group', x, end: `${x}, end` },
    ...{ y: title(content.y, 'y'), error: 'error', baseline: 'baseline', strength: 'strength' },
  }
  const { marks, pick } = content
  const rows = marks.flatMap((mark, index) => {
    const name = mark.name ?? (mark.kind === 'rule' ? mark.label : undefined) ?? `${mark.kind} ${index + 1}`
    return markRows(mark, name, pick?.mark === index ? (dot) => pick.read(dot).title : undefined)
  })
  return table(names, rows)
}

function barsValues({ fields, rowLabel, columnLabel, height }: BarsContent): Values {
  const names = {
    ...{ series: 'series', row: rowLabel || 'row', column: columnLabel || 'column' },
    height: title(height, 'height'),
  }
  const rows = fields.flatMap(({ name, rows, columns, heights }) =>
    indices(rows * columns).map((bar) => ({
      series: name,
      row: Math.floor(bar / columns) + 1,
      column: (bar % columns) + 1,
      height: at(heights, bar),
    })),
  )
  return table(names, rows)
}

function surfaceValues({ x, y, height, surfaces, paths, points }: SurfaceContent): Values {
  const names = {
    ...{ series: 'series', mark: 'mark', group: 'group' },
    ...{ x: title(x, 'x'), y: title(y, 'y'), height: title(height, 'height') },
  }
  const fields = surfaces.flatMap((surface) =>
    indices(surface.x.length * surface.y.length).map((cell) => ({
      series: surface.name,
      mark: 'surface',
      x: at(surface.x, cell % surface.x.length),
      y: at(surface.y, Math.floor(cell / surface.x.length)),
      height: at(surface.heights, cell),
    })),
  )
  const lines = [
    ...paths.map((path) => ({ ...path, mark: 'path', roles: undefined })),
    ...points.map((one) => ({ ...one, mark: 'point' })),
  ].flatMap((one, index) =>
    indices(one.x.length).map((place) => ({
      series: one.name ?? `${one.mark} ${index + 1}`,
      mark: one.mark,
      group: one.roles?.[place],
      x: at(one.x, place),
      y: at(one.y, place),
      height: at(one.heights, place),
    })),
  )
  return table(names, [...fields, ...lines])
}

const tableValues = ({ columns, rows }: TableContent): Values => ({
  columns: columns.map((column, index) => axisTitle(column) || `column ${index + 1}`),
  rows: rows.map(({ cells }) => columns.map((_, index) => cells[index] ?? '')),
})

function diagramValues({ arrows, boxes }: DiagramContent): Values {
  const names = {
    ...{ part: 'part', from: 'box', to: 'to', label: 'label', value: 'value', index: 'index' },
    ...{ x: 'x', y: 'y' },
  }
  const inBoxes = boxes.flatMap(({ id, label, value, bars, cloud }): Row[] => [
    { part: 'box', from: id, label, value },
    ...indices(bars?.values.length ?? 0).map((index) => ({
      ...{ part: 'bar', from: id, label: bars?.labels?.[index], index: index + 1 },
      value: bars && at(bars.values, index),
    })),
    ...indices(cloud?.x.length ?? 0).map((index) => ({
      ...{ part: 'point', from: id, index: index + 1 },
      ...(cloud && { x: at(cloud.x, index), y: at(cloud.y, index) }),
    })),
  ])
  const between = arrows.map(({ from, to, label }): Row => ({ part: 'arrow', from, to, label }))
  return table(names, [...inBoxes, ...between])
}

export function valuesOf(content: NonNullable<PanelContent['content']>): Values {
  if ('marks' in content) return chartValues(content)
  if ('fields' in content) return barsValues(content)
  if ('surfaces' in content) return surfaceValues(content)
  return 'boxes' in content ? diagramValues(content) : tableValues(content)
}
