/** A curve to draw with the pointer or with keys, on a sheet over the veiled chart; the computed one forms over it. */
import type { SketchAxis, Sketching } from '../../labs/story.ts'
import { button, element } from '../dom.ts'
import { formatNumber } from '../format.ts'
import type { State } from '../state.ts'
import { type Curve, compareCurves, placeOf, sketchPoints, valueAt } from './curve.ts'
import type { Context, Input } from './input.ts'

/** Two digits: more cannot be drawn. */
const short = (value: number) => formatNumber(Number(value.toPrecision(2)))

const namespace = 'http://www.w3.org/2000/svg'

function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Record<string, string | number>) {
  const node = document.createElementNS(namespace, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  return node
}

/** Shares of the sheet that the axes leave, their names also where it is small. */
const inner = { left: 0.11, right: 0.95, top: 0.13, bottom: 0.8 }
const across = (share: number) => `${100 * (inner.left + share * (inner.right - inner.left))}%`
const upward = (share: number) => `${100 * (inner.bottom - share * (inner.bottom - inner.top))}%`

function axisParts(axis: SketchAxis, place: (share: number) => string, horizontal: boolean): SVGElement[] {
  return axis.ticks.flatMap(([value, said]) => {
    const at = place(placeOf(axis, value))
    const line = horizontal
      ? svg('line', { x1: at, x2: at, y1: upward(0), y2: upward(1) })
      : svg('line', { x1: across(0), x2: across(1), y1: at, y2: at })
    const text = horizontal
      ? svg('text', { x: at, y: upward(-0.03), 'text-anchor': 'middle', 'dominant-baseline': 'hanging' })
      : svg('text', { x: across(-0.02), y: at, 'text-anchor': 'end', 'dominant-baseline': 'central' })
    text.textContent = said
    return [line, text]
  })
}

export function createSketch({ sketch }: Sketching, state: State, { evidence, answered }: Context): Input {
  const { x, y, panel, truth } = sketch
  /** For each place along x the height as a share of the axis; NaN where nothing is drawn. */
  let heights: Float64Array
  let last: number
  /** The place that keys change. */
  let cursor: number

  const curve = svg('polyline', { class: 'sketch-curve' })
  const mark = svg('circle', { class: 'sketch-cursor', r: '0.4em' })
  // a polyline has no percentages: its own box is stretched over the plot
  const box = svg('svg', {
    x: across(0),
    y: upward(1),
    width: `${100 * (inner.right - inner.left)}%`,
    height: `${100 * (inner.bottom - inner.top)}%`,
    viewBox: '0 0 1000 1000',
    preserveAspectRatio: 'none',
  })
  box.append(curve)
  const sheet = svg('svg', { class: 'stage-sheet sketch-sheet', tabindex: 0, role: 'application' })
  const title = svg('text', { class: 'sketch-title', x: 0, y: '0.9em' })
  title.textContent = y.unit ? `${y.label} (${y.unit})` : y.label
  const below = svg('text', { class: 'sketch-title', x: across(1), y: '99%', 'text-anchor': 'end' })
  below.textContent = x.unit ? `${x.label} (${x.unit})` : x.label
  sheet.append(...axisParts(x, across, true), ...axisParts(y, upward, false), title, below, box, mark)
  const check = button('Done', answered, 'quiet')
  const again = button('Wipe', () => clear(), 'quiet')
  const hint = element(
    'p',
    { class: 'small muted' },
    'Draw the curve into the chart, from left to right. Keys: ←\u00a0→\u00a0↑\u00a0↓.',
  )

  const own = (): Curve => ({
    x: Float64Array.from(heights, (_, index) => valueAt(x, index / (sketchPoints - 1))),
    y: Float64Array.from(heights, (share) => valueAt(y, share)),
  })
  const real = () => {
    const metrics = evidence()?.metrics
    const list = (name: string) => [metrics?.[name] ?? []].flat() as number[]
    return { x: list(truth.x), y: list(truth.y).map((value) => value * truth.factor) }
  }

  function draw(): void {
    const points: string[] = []
    for (const [index, share] of heights.entries())
      if (Number.isFinite(share)) points.push(`${(1000 * index) / (sketchPoints - 1)},${1000 * (1 - share)}`)
    curve.setAttribute('points', points.join(' '))
    mark.setAttribute('cx', across(cursor / (sketchPoints - 1)))
    mark.setAttribute('cy', upward(heights[cursor] || 0))
    check.disabled = points.length < sketchPoints / 2
    const here = valueAt(x, cursor / (sketchPoints - 1))
    const height = Number.isFinite(heights[cursor]) ? short(valueAt(y, heights[cursor])) : 'nothing drawn'
    sheet.setAttribute('aria-label', `Sheet for your curve. At ${x.label} ${short(here)}: ${height}.`)
    // where the sheet is gone the sketch stays on the real chart
    state.drawn.value = { panel, sheet, ...own() }
  }
  /** Sets all places between the last one and this one. */
  function put(index: number, share: number): void {
    const from = last < 0 ? index : last
    const start = last < 0 ? share : heights[last]
    const steps = Math.max(1, Math.abs(index - from))
    for (let step = 0; step <= steps; step++)
      heights[Math.round(from + ((index - from) * step) / steps)] = start + ((share - start) * step) / steps
    last = cursor = index
    draw()
  }
  const shareOf = (value: number) => Math.max(0, Math.min(1, value))
  function follow(event: PointerEvent): void {
    const { left, top, width, height } = sheet.getBoundingClientRect()
    const along = ((event.clientX - left) / width - inner.left) / (inner.right - inner.left)
    const up = (inner.bottom - (event.clientY - top) / height) / (inner.bottom - inner.top)
    put(Math.round(shareOf(along) * (sketchPoints - 1)), shareOf(up))
  }
  sheet.addEventListener('pointerdown', (event) => {
    last = -1
    sheet.setPointerCapture(event.pointerId)
    follow(event)
  })
  sheet.addEventListener('pointermove', (event) => {
    if (sheet.hasPointerCapture(event.pointerId)) follow(event)
  })
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 0.04],
    ArrowDown: [0, -0.04],
  }
  sheet.addEventListener('keydown', (event) => {
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    event.stopPropagation()
    const index = Math.max(0, Math.min(sketchPoints - 1, cursor + move[0]))
    last = Number.isFinite(heights[cursor]) ? cursor : -1
    put(index, shareOf((heights[cursor] || 0) + move[1]))
  })

  function clear(): void {
    heights = new Float64Array(sketchPoints).fill(Number.NaN)
    last = -1
    cursor = 0
    draw()
  }
  clear()

  return {
    element: element('div', { class: 'sketch-tools' }, hint, check, again),
    known: () => real().y.length > 0 && real().y.every(Number.isFinite),
    truth: () => real().x.join(),
    judge() {
      const found = compareCurves(own(), real(), x, y)
      const said = [
        `On average your curve is ${formatNumber(Math.round(100 * found.distance))} % of the axis away.`,
        `Its lowest point lies at ${x.label} = ${short(found.lowest)}, the computed one at ${short(found.trueLowest)}.`,
      ].join(' ')
      return { right: found.right, reasons: [said, sketch.reason] }
    },
    show: () => ({ right: true, reasons: [sketch.reason] }),
    clear,
    dispose() {
      state.drawn.value = null
    },
  }
}
