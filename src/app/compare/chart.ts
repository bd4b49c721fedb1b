/** Time against size on logarithmic axes: a curve for each backend, with its spread. */
import type { CompareRow } from '../../engine/protocol.ts'
import {
  axisTicks,
  axisTitle,
  createMapping,
  type Domain,
  type Mapping,
  type Tick,
} from '../../stage/axis.ts'
import { element } from '../dom.ts'
import { formatNumber } from '../format.ts'
import type { ComparedSize } from './comparison.ts'
import { type Crossing, sizeText } from './crossing.ts'
import { rowName } from './names.ts'
import type { Shown } from './tables.ts'

const namespace = 'http://www.w3.org/2000/svg'

function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Node[]
): SVGElement {
  const node = document.createElementNS(namespace, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

/** The shape of a backend: circle, square or triangle, about 2r wide. */
const shapes: Readonly<Record<string, (x: number, y: number, r: number) => SVGElement>> = {
  circle: (x, y, r) => svg('circle', { cx: x, cy: y, r }),
  square: (x, y, r) => svg('rect', { x: x - 0.9 * r, y: y - 0.9 * r, width: 1.8 * r, height: 1.8 * r }),
  triangle: (x, y, r) =>
    svg('path', { d: `M${x} ${y - 1.2 * r}L${x + 1.1 * r} ${y + 0.8 * r}H${x - 1.1 * r}Z` }),
}

interface Look {
  readonly colour: string
  readonly shape: keyof typeof shapes
}

function lookOf({ kind, threads }: CompareRow): Look {
  if (kind === 'webgpu') return { colour: 'var(--first)', shape: 'triangle' }
  return threads === 1
    ? { colour: 'var(--second)', shape: 'circle' }
    : { colour: 'var(--truth)', shape: 'square' }
}

/** A row that has a curve, and whose it is. */
interface Curve {
  readonly name: string
  readonly row: CompareRow
  /** The second comparison has dashed lines and empty shapes. */
  readonly second: boolean
}

function marker({ row, second }: Pick<Curve, 'row' | 'second'>, x: number, y: number, r: number): SVGElement {
  const { colour, shape } = lookOf(row)
  const node = shapes[shape](x, y, r)
  node.setAttribute('style', `fill:${second ? 'var(--panel)' : colour};stroke:${colour};stroke-width:2`)
  return node
}

const lineStyle = (curve: Curve) =>
  `stroke:${lookOf(curve.row).colour};${curve.second ? 'stroke-dasharray:6 4' : ''}`

interface Frame {
  readonly x: Mapping
  readonly y: Mapping
  readonly font: number
}

function drawCurve(curve: Curve, { x, y, font }: Frame): SVGElement {
  const points = curve.row.curve!.points
  const path = points.map(({ size, median }, index) => `${index ? 'L' : 'M'}${x(size)} ${y(median)}`).join('')
  const style = lineStyle(curve)
  const bars = points.map(({ size, quartiles: [lower, upper] }) =>
    svg('path', { d: `M${x(size)} ${y(lower)}V${y(upper)}`, class: 'chart-spread', style }),
  )
  const dots = points.map(({ size, median }) => marker(curve, x(size), y(median), font / 3.2))
  return svg('g', {}, svg('path', { d: path, class: 'chart-line', style }), ...bars, ...dots)
}

/** A ring around the time at the present parameters. */
function drawPresent(curve: Curve, present: number, { x, y, font }: Frame): SVGElement {
  const [cx, cy] = [x(present), y(curve.row.warm)]
  return svg(
    'g',
    {},
    svg('circle', { cx, cy, r: 0.62 * font, class: 'chart-present' }),
    marker(curve, cx, cy, font / 3.2),
  )
}

/** A cross where the quickest one changes, with a line to its size at the top. */
function drawCrossing({ size, milliseconds }: Crossing, place: number, frame: Frame, area: Area): SVGElement {
  const { x, y, font } = frame
  const [cx, cy] = [x(size), y(milliseconds)]
  const r = 0.3 * font
  const last = cx > (area.left + area.right) / 2
  const text = svg(
    'text',
    {
      x: cx + (last ? -0.4 : 0.4) * font,
      y: area.top + (1.1 + 1.2 * place) * font,
      'text-anchor': last ? 'end' : 'start',
      class: 'chart-crossing-text',
    },
    document.createTextNode(`changes at ${sizeText(size)}`),
  )
  return svg(
    'g',
    {},
    svg('path', { d: `M${cx} ${area.top}V${cy}`, class: 'chart-crossing' }),
    svg('path', {
      d: `M${cx - r} ${cy - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
      class: 'chart-crossing-mark',
    }),
    text,
  )
}

/** The sizes that were measured as ticks, with as many numbers as there is room for. */
function sizeTicks(sizes: readonly number[], x: Mapping, font: number): Tick[] {
  let free = Number.NEGATIVE_INFINITY
  return [...new Set(sizes)]
    .sort((one, other) => one - other)
    .map((value) => {
      const text = formatNumber(value)
      const half = 0.35 * font * text.length
      const fits = x(value) - half > free
      if (fits) free = x(value) + half
      return { value, text: fits ? text : '', major: true }
    })
}

/** From below the smallest value to above the largest one. */
function around(values: readonly number[], slack: number): Domain {
  const positive = values.filter((value) => value > 0)
  return [Math.min(...positive) / slack, Math.max(...positive) * slack]
}

function drawAxes(
  ticks: readonly [readonly Tick[], readonly Tick[]],
  { x, y, font }: Frame,
  area: Area,
): SVGElement[] {
  const { left, right, top, bottom } = area
  const [columns, lines] = ticks
  const word = (text: string, attributes: Readonly<Record<string, string | number>>) =>
    svg('text', { class: 'chart-tick', ...attributes }, document.createTextNode(text))
  return [
    ...columns.flatMap(({ value, text }) => [
      svg('path', { d: `M${x(value)} ${top}V${bottom}`, class: text ? 'chart-grid' : 'chart-grid minor' }),
      word(text, { x: x(value), y: bottom + 1.2 * font, 'text-anchor': 'middle' }),
    ]),
    ...lines.flatMap(({ value, text }) => [
      svg('path', { d: `M${left} ${y(value)}H${right}`, class: text ? 'chart-grid' : 'chart-grid minor' }),
      word(text, { x: left - 0.4 * font, y: y(value) + 0.35 * font, 'text-anchor': 'end' }),
    ]),
  ]
}

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function draw(shown: readonly Shown[], size: ComparedSize, width: number, font: number): SVGElement {
  const height = Math.min(0.75 * width, 26 * font)
  const area = { left: 4.2 * font, right: width - 1.2 * font, top: 1.8 * font, bottom: height - 3 * font }
  const curves = curvesOf(shown)
  const presents = shown.flatMap(({ comparison }, index) =>
    curves
      .filter(({ second, row }) => second === (index === 1) && !row.error)
      .flatMap((curve) => (comparison.size?.present ? [{ curve, present: comparison.size.present }] : [])),
  )
  const points = curves.flatMap(({ row }) => row.curve!.points)
  const xs = around([...points.map((point) => point.size), ...presents.map(({ present }) => present)], 1.15)
  const ys = around(
    [...points.flatMap(({ quartiles }) => quartiles), ...presents.map(({ curve }) => curve.row.warm)],
    1.4,
  )
  const frame = {
    x: createMapping('log', xs, [area.left, area.right]),
    y: createMapping('log', ys, [area.bottom, area.top]),
    font,
  }
  const ticks = [
    sizeTicks(
      points.map((point) => point.size),
      frame.x,
      font,
    ),
    axisTicks({ label: '', scale: 'log' }, ys, area.bottom - area.top, 2 * font),
  ] as const
  const title = (text: string, attributes: Readonly<Record<string, string | number>>) =>
    svg('text', { class: 'chart-title', ...attributes }, document.createTextNode(text))
  return svg(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': shown
        .map(({ comparison }) => `Time against ${size.label}. ${comparison.conclusion}`)
        .join(' '),
    },
    ...drawAxes(ticks, frame, area),
    title('time of a run (ms)', { x: 0, y: 1.1 * font, 'text-anchor': 'start' }),
    title(axisTitle(size), { x: area.right, y: height - 0.4 * font, 'text-anchor': 'end' }),
    ...curves.map((curve) => drawCurve(curve, frame)),
    ...presents.map(({ curve, present }) => drawPresent(curve, present, frame)),
    ...shown
      .flatMap(({ comparison }) => comparison.crossings.filter((one) => Number.isFinite(one.size)))
      .map((crossing, place) => drawCrossing(crossing, place, frame, area)),
  )
}

const curvesOf = (shown: readonly Shown[]): Curve[] =>
  shown.flatMap(({ name, comparison }, index) =>
    comparison.rows
      .filter(({ curve }) => curve && curve.points.length > 0)
      .map((row) => ({ name, row, second: index === 1 })),
  )

function createLegend(shown: readonly Shown[]): HTMLElement {
  const sample = (...nodes: SVGElement[]) =>
    svg('svg', { viewBox: '0 0 32 16', class: 'chart-sample', 'aria-hidden': 'true' }, ...nodes)
  const entries = curvesOf(shown).map((curve) =>
    element(
      'li',
      {},
      sample(
        svg('path', { d: 'M0 8H32', class: 'chart-line', style: lineStyle(curve) }),
        marker(curve, 16, 8, 4.5),
      ),
      shown.length > 1 ? `${curve.name}: ${rowName(curve.row)}` : rowName(curve.row),
    ),
  )
  const ring = svg('circle', { cx: 16, cy: 8, r: 6.5, class: 'chart-present' })
  const cross = svg('path', { d: 'M12 4l8 8m0 -8l-8 8', class: 'chart-crossing-mark' })
  return element(
    'ul',
    { class: 'chart-legend small' },
    ...entries,
    shown.some(({ comparison }) => comparison.size?.present) &&
      element('li', {}, sample(ring), 'the present setting'),
    shown.some(({ comparison }) => comparison.crossings.length > 0) &&
      element('li', {}, sample(cross), 'the quickest changes'),
  )
}

/** Drawn again whenever its width changes. All comparisons have the same size. */
export function createChart(shown: readonly Shown[], size: ComparedSize): HTMLElement {
  const plot = element('div', { class: 'chart-plot' })
  const follow = new ResizeObserver(() => {
    const width = plot.clientWidth
    if (width > 0)
      plot.replaceChildren(draw(shown, size, width, Number.parseFloat(getComputedStyle(plot).fontSize)))
  })
  follow.observe(plot)
  return element('figure', { class: 'chart' }, plot, createLegend(shown))
}
