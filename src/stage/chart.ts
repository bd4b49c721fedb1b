/** A flat chart: axes, grid and marks of one panel, in CSS pixels with y downward. */
import { OrthographicCamera, Scene } from 'three'
import {
  axisTicks,
  axisTitle,
  createInverse,
  createMapping,
  type Domain,
  equalUnits,
  evenTicks,
  hasDomain,
  resolveDomain,
  Span,
  type Tick,
} from './axis.ts'
import { markSpan } from './chartSpan.ts'
import type { Chart, ChartContent, Mark, PanelOptions } from './contract.ts'
import type { Space } from './handleMoves.ts'
import { HandleLayer } from './handles.ts'
import { Hover } from './hover.ts'
import { inside, type Label, labelRectangle, type Rectangle, withoutTouching } from './labels.ts'
import { type Density, type Frame, type Layers, type MarkDrawing, reachOfLines } from './marks/drawing.ts'
import { Fill } from './marks/fill.ts'
import { createDrawing } from './marks/index.ts'
import { type Host, Panel, type PanelView } from './panel.ts'
import { Picker } from './picker.ts'
import { readAt, stepFrom } from './reading.ts'
import { ruleLabels } from './ruleLabels.ts'
import { draws, isMeant, standingOut } from './standing.ts'
import { strong } from './style.ts'

interface Domains {
  readonly x: Domain
  readonly y: Domain
}

interface Layout extends Space {
  readonly domains: Domains
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
  /** Whether the x axis' title is at its right end. */
  readonly titleBeside: boolean
}

export class ChartView implements Chart, PanelView {
  readonly panel: Panel
  private readonly layers: Layers
  private readonly camera = new OrthographicCamera()
  private readonly grid = new Fill()
  private readonly axes = new Fill()
  private readonly hover: Hover
  private readonly picker: Picker
  private readonly handles?: HandleLayer
  private drawings: { kind: Mark['kind']; drawing: MarkDrawing }[] = []
  content?: ChartContent
  /** Marks that do not come from the view. */
  private notes: readonly Mark[] = []
  private frame?: Frame
  private area: Rectangle = { left: 0, top: 0, width: 1, height: 1 }
  private space?: Layout
  /** Domains that stay fixed during a drag: the axes must not move under the pointer. */
  private held: Partial<Domains> = {}

  constructor(
    options: PanelOptions,
    private readonly host: Host,
  ) {
    this.panel = new Panel(options)
    this.layers = {
      fills: new Scene(),
      lines: new Scene(),
      software: host.software,
      density: () => this.density(),
    }
    this.camera.position.z = 1
    this.grid.object.renderOrder = -2
    this.axes.object.renderOrder = -1
    this.layers.fills.add(this.grid.object)
    this.layers.lines.add(this.axes.object)
    // a chart that reads single dots has no crosshair
    const read = () => (this.content?.pick ? undefined : this.content)
    this.hover = new Hover(this.panel.plot, {
      plot: () => (read() ? this.frame?.plot : undefined),
      read: (pixel) => {
        const content = read()
        return this.frame && content ? readAt(pixel, this.frame, content) : undefined
      },
      step: (pixel, direction) => {
        const content = read()
        return this.frame && content ? stepFrom(pixel, direction, this.frame, content) : undefined
      },
    })
    this.picker = new Picker(this.panel.plot, {
      frame: () => this.frame,
      content: () => this.content,
      tell: options.onPick,
    })
    const { onHandle } = options
    if (onHandle) {
      this.panel.plot.classList.add('stage-handled')
      this.handles = new HandleLayer(this.panel.plot, {
        space: () => this.space,
        tell: onHandle,
        hold: (moves) => this.hold(moves),
        hideReading: () => {
          this.hover.hide()
          this.picker.hide()
        },
      })
    }
  }

  annotate(notes: readonly Mark[]): void {
    if (notes.length === 0 && this.notes.length === 0) return
    this.notes = notes
    if (this.content) this.update(this.content)
  }

  update(content: ChartContent): void {
    this.content = content
    this.handles?.list(content.handles)
    this.panel.setTitle(content.title)
    this.panel.setNote(content.note)
    this.panel.setDescription(content.description)
    this.panel.setShown({ ...content, marks: [...content.marks, ...this.notes] })
    this.panel.setLegend([...content.marks, ...this.notes])
    this.host.redraw(this)
  }

  place(handles: ChartContent['handles']): void {
    if (this.content) this.content = { ...this.content, handles }
    this.handles?.list(handles)
  }

  draw(area: Rectangle): void {
    const { content, host, panel } = this
    if (!content) return
    this.area = area
    const span = { x: new Span(), y: new Span() }
    if (!hasDomain(content.x) || !hasDomain(content.y))
      for (const mark of content.marks) markSpan(mark, span.x, span.y, content.y.scale === 'log')
    const anything = content.marks.some((mark) => mark.kind !== 'rule' && hasPoints(mark))
    panel.setMessage(anything ? undefined : (content.empty ?? 'Nothing to draw yet.'))
    const layout = this.layout(content, area, span)
    this.space = layout
    this.handles?.show()
    // a plot that reacts to keys is more than an image
    panel.plot.setAttribute('role', content.pick || (this.handles && content.handles) ? 'group' : 'img')
    if (!layout) {
      panel.labels.show([])
      this.frame = undefined
      return
    }
    const { plot, x, y } = layout
    const frame: Frame = { plot, x, y, style: host.style }
    this.frame = frame
    this.drawGrid(layout)
    this.drawMarks([...content.marks, ...this.notes], frame)
    panel.labels.show(this.labels(content, layout, area, frame))
    this.render(area, plot)
    this.hover.refresh()
    this.picker.refresh()
  }

  vectors(): ReturnType<NonNullable<PanelView['vectors']>> {
    const { area, content, frame, host, layers } = this
    if (!content || !frame) return []
    // dots that were painted as a picture become dots
    this.layers.software = false
    this.drawMarks([...content.marks, ...this.notes], frame)
    this.layers.software = host.software
    const { plot } = frame
    return [
      { scene: layers.fills, clip: plot },
      { scene: layers.lines, clip: grown(plot, reachOfLines(host.style), area) },
    ]
  }

  dispose(): void {
    this.hover.dispose()
    this.picker.dispose()
    this.handles?.dispose()
    for (const { drawing } of this.drawings) drawing.dispose()
    this.grid.dispose()
    this.axes.dispose()
  }

  private density(): Density {
    const { width, height } = this.area
    const ratio = this.host.renderer.getPixelRatio()
    // rounded like the renderer's viewport
    return { x: Math.round(width * ratio) / width, y: Math.round(height * ratio) / height }
  }

  private hold(moves: 'x' | 'y' | 'both' | undefined): void {
    const { x, y } = this.space?.domains ?? {}
    // with equal units one axis depends on the other
    const both = moves === 'both' || (moves !== undefined && this.content?.equalAspect)
    this.held = { x: both || moves === 'x' ? x : undefined, y: both || moves === 'y' ? y : undefined }
    if (!moves) this.host.redraw(this)
  }

  private layout(content: ChartContent, area: Rectangle, span: { x: Span; y: Span }): Layout | undefined {
    const { measure, style } = this.host
    const { font } = style
    const resolved = {
      x: this.held.x ?? resolveDomain(content.x, span.x),
      y: this.held.y ?? resolveDomain(content.y, span.y),
    }
    const top = content.y.label ? font * 1.9 : font
    // where height is scarce, a short title is at the end of its axis instead of below it
    const titleWidth = measure.width(axisTitle(content.x))
    const titleBeside = style.compact && titleWidth > 0 && titleWidth < area.width * 0.22
    const bottom = font * 1.75 + (content.x.label && !titleBeside ? font * 1.45 : 0)
    const height = area.height - top - bottom
    const right = titleBeside ? titleWidth + font * 0.9 : font * 1.1
    const spacing = Math.max(font * 1.7, Math.min(font * 2.6, height / 6))
    const yTicksOf = (domain: Domain) => axisTicks(content.y, domain, height, spacing)
    const leftOf = (ticks: readonly Tick[]) =>
      Math.max(font * 1.6, ...ticks.map((tick) => measure.width(tick.text) + font * 0.8))
    let yTicks = yTicksOf(resolved.y)
    let left = leftOf(yTicks)
    const linear = content.x.scale === 'linear' && content.y.scale === 'linear'
    const equal = content.equalAspect && linear && !this.held.x && !this.held.y
    const domainsFor = () =>
      equal ? equalUnits(resolved.x, resolved.y, area.width - left - right, height) : resolved
    if (equal) {
      // the axis' numbers may have changed and need more room
      yTicks = yTicksOf(domainsFor().y)
      left = leftOf(yTicks)
    }
    const width = area.width - left - right
    if (!(width > 30 && height > 24)) return undefined
    const domains = domainsFor()
    if (equal) yTicks = yTicksOf(domains.y)
    const xTicks = axisTicks(content.x, domains.x, width, font * 4.6)
    // whole pixels, for sharp axes
    const plot = {
      left: Math.round(left),
      top: Math.round(top),
      width: Math.round(width),
      height: Math.round(height),
    }
    const across: Domain = [plot.left, plot.left + plot.width]
    const upward: Domain = [plot.top + plot.height, plot.top]
    return {
      domains,
      plot,
      x: createMapping(content.x.scale, domains.x, across),
      y: createMapping(content.y.scale, domains.y, upward),
      xOf: createInverse(content.x.scale, domains.x, across),
      yOf: createInverse(content.y.scale, domains.y, upward),
      xTicks,
      yTicks,
      titleBeside,
    }
  }

  private drawGrid({ plot, x, y, xTicks, yTicks }: Layout): void {
    const { grid, axes } = this
    const { style } = this.host
    const right = plot.left + plot.width
    const bottom = plot.top + plot.height
    const thin = style.grid
    grid.style(style.palette.grid, 1)
    grid.clear()
    const minorWidth = thin * 0.5
    for (const tick of xTicks) {
      const pixel = Math.round(x(tick.value)) - thin / 2
      const width = tick.major || tick.text ? thin : minorWidth
      grid.column(pixel, plot.top, bottom, pixel + width, plot.top, bottom)
    }
    for (const tick of yTicks) {
      const pixel = Math.round(y(tick.value)) - thin / 2
      const width = tick.major || tick.text ? thin : minorWidth
      grid.column(plot.left, pixel, pixel + width, right, pixel, pixel + width)
    }
    grid.finish()
    axes.style(style.palette.muted, 0.65)
    axes.clear()
    axes.column(plot.left - thin, bottom, bottom + thin, right, bottom, bottom + thin)
    for (const tick of xTicks) {
      if (!tick.text) continue
      const pixel = Math.round(x(tick.value)) - thin / 2
      axes.column(pixel, bottom, bottom + style.font * 0.35, pixel + thin, bottom, bottom + style.font * 0.35)
    }
    axes.finish()
  }

  draws(curve: string): boolean {
    return draws(this.content, curve)
  }

  private drawMarks(marks: readonly Mark[], frame: Frame): void {
    const { asked } = this.host
    const bold = { ...frame, style: strong(frame.style) }
    for (const [index, mark] of standingOut({ marks }, ['marks'], asked).marks.entries()) {
      const known = this.drawings[index]
      if (known?.kind !== mark.kind) {
        known?.drawing.dispose()
        this.drawings[index] = { kind: mark.kind, drawing: createDrawing(mark.kind, this.layers) }
      }
      this.drawings[index].drawing.draw(mark, isMeant(asked, mark.curve) ? bold : frame, index)
    }
    for (const { drawing } of this.drawings.splice(marks.length)) drawing.dispose()
  }

  private labels(content: ChartContent, layout: Layout, area: Rectangle, frame: Frame): Label[] {
    const { plot, x, y, xTicks, yTicks, titleBeside } = layout
    const { measure, style } = this.host
    const { font } = style
    const bottom = plot.top + plot.height
    const labels: Label[] = []
    const keep = (candidates: { label: Label; major: boolean }[], gap: number) => {
      const order = candidates.map((_, index) => index)
      order.sort((a, b) => Number(candidates[b].major) - Number(candidates[a].major))
      const texts = candidates.map(({ label }) => label)
      labels.push(...withoutTouching(texts, measure, gap, order))
    }
    keep(
      yTicks
        .filter((tick) => tick.text)
        .map(({ value, text, major }) => ({
          label: { text, x: plot.left - font * 0.5, y: y(value), alignX: 1, alignY: 0.5, kind: 'tick' },
          major,
        })),
      -font * 0.1,
    )
    const xCandidate = ({ value, text, major }: Tick): { label: Label; major: boolean } => {
      // the outermost numbers must stay inside the panel
      const half = measure.width(text) / 2
      const centre = Math.max(half, Math.min(x(value), area.width - half))
      return {
        label: { text, x: centre, y: bottom + font * 0.5, alignX: 0.5, alignY: 0, kind: 'tick' },
        major,
      }
    }
    const xGap = font * 0.6
    const numbered = xTicks.filter((tick) => tick.text)
    const even = content.x.scale === 'linear' && !content.x.ticks
    const together = (ticks: readonly Tick[]) => {
      const texts = ticks.map((tick) => xCandidate(tick).label)
      return withoutTouching(texts, measure, xGap).length === ticks.length
    }
    keep((even ? evenTicks(numbered, together) : numbered).map(xCandidate), xGap)
    if (content.y.label)
      labels.push({ text: axisTitle(content.y), x: 0, y: 0, alignX: 0, alignY: 0, kind: 'title' })
    if (content.x.label) {
      const text = axisTitle(content.x)
      if (titleBeside)
        labels.push({ text, x: area.width, y: bottom - font * 0.2, alignX: 1, alignY: 0.5, kind: 'title' })
      else
        labels.push({ text, x: plot.left + plot.width, y: area.height, alignX: 1, alignY: 1, kind: 'title' })
    }
    labels.push(...this.panel.noteLabel(measure.width(axisTitle(content.y)), area.width, measure))
    const texts = (content.texts ?? [])
      .map(
        (one): Label => ({
          text: one.text,
          x: x(one.x),
          y: y(one.y),
          alignX: 0.5,
          alignY: 0.5,
          kind: 'name',
        }),
      )
      .filter((label) => inside(labelRectangle(label, measure), plot))
    labels.push(...withoutTouching(texts, measure, 0))
    labels.push(...ruleLabels(content.marks, frame, measure))
    return labels
  }

  private render(area: Rectangle, plot: Rectangle): void {
    const { camera, host, layers } = this
    camera.left = 0
    camera.right = area.width
    camera.top = 0
    camera.bottom = area.height
    camera.updateProjectionMatrix()
    const scissor = (margin: number) => {
      const { left, top, width, height } = grown(plot, margin, area)
      host.restrict({ left: area.left + left, top: area.top + top, width, height })
    }
    scissor(0)
    host.renderer.render(layers.fills, camera)
    scissor(reachOfLines(host.style))
    host.renderer.render(layers.lines, camera)
  }
}

/** A rectangle of the plot with a margin, as far as the panel reaches. */
function grown(plot: Rectangle, margin: number, area: Rectangle): Rectangle {
  const left = Math.max(0, plot.left - margin)
  const top = Math.max(0, plot.top - margin)
  const right = Math.min(area.width, plot.left + plot.width + margin)
  const bottom = Math.min(area.height, plot.top + plot.height + margin)
  return { left, top, width: right - left, height: bottom - top }
}

function hasPoints(mark: Mark): boolean {
  if (mark.kind === 'raster') return mark.rows * mark.columns > 0
  const values = mark.kind === 'histogram' ? mark.heights : mark.kind === 'rule' ? [] : mark.y
  for (let index = 0; index < values.length; index++) if (Number.isFinite(values[index])) return true
  return false
}
