import { bounded } from './area.ts'
import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'
import { FatLine } from './fatLine.ts'
import { Fill } from './fill.ts'

export class HistogramDrawing implements MarkDrawing<MarkOf<'histogram'>> {
  private readonly fill = new Fill()
  private readonly outline = new FatLine()

  constructor(layers: Layers) {
    layers.fills.add(this.fill.object)
    layers.lines.add(this.outline.object)
  }

  draw(mark: MarkOf<'histogram'>, { x, y, plot, style }: Frame, order: number): void {
    const { fill, outline } = this
    const opacity = mark.opacity ?? 1
    const colour = style.palette.roles[mark.role]
    fill.style(colour, opacity * style.fillOpacity)
    outline.style({ colour, width: style.line * 0.75, opacity })
    fill.object.renderOrder = order
    outline.object.renderOrder = order
    fill.clear()
    outline.clear()
    const bottom = plot.top + plot.height
    // on a logarithmic axis zero lies infinitely deep
    const zero = y(0)
    const base = Number.isFinite(zero) ? bounded(zero) : bottom
    const count = Math.min(mark.heights.length, mark.edges.length - 1)
    let lastTop = base
    for (let index = 0; index < count; index++) {
      const left = x(mark.edges[index])
      const right = x(mark.edges[index + 1])
      const pixel = y(mark.heights[index])
      const drawn = Number.isFinite(left) && Number.isFinite(right) && Number.isFinite(pixel)
      const top = drawn ? bounded(pixel) : base
      if (drawn && mark.heights[index] !== 0) fill.column(bounded(left), top, base, bounded(right), top, base)
      if (Number.isFinite(left)) outline.clipped(left, lastTop, left, top, plot)
      if (drawn && top !== base) outline.clipped(left, top, right, top, plot)
      if (index === count - 1 && drawn) outline.clipped(right, top, right, base, plot)
      lastTop = top
    }
    fill.finish()
    outline.finish()
  }

  dispose(): void {
    for (const part of [this.fill, this.outline]) {
      part.object.removeFromParent()
      part.dispose()
    }
  }
}
