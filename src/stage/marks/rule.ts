import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'
import { dashOf } from './drawing.ts'
import { FatLine } from './fatLine.ts'

export class RuleDrawing implements MarkDrawing<MarkOf<'rule'>> {
  private readonly line = new FatLine()

  constructor(layers: Layers) {
    layers.lines.add(this.line.object)
  }

  draw(mark: MarkOf<'rule'>, { x, y, plot, style }: Frame, order: number): void {
    const { line } = this
    const width = style.line * 0.75
    line.style({
      colour: style.palette.roles[mark.role],
      width,
      opacity: mark.opacity ?? 1,
      dash: (mark.dashed ?? mark.role === 'theory') ? dashOf(width) : undefined,
    })
    line.object.renderOrder = order
    line.clear()
    const pixel = mark.axis === 'x' ? x(mark.value) : y(mark.value)
    const right = plot.left + plot.width
    const bottom = plot.top + plot.height
    if (Number.isFinite(pixel) && mark.axis === 'x') line.clipped(pixel, bottom, pixel, plot.top, plot)
    if (Number.isFinite(pixel) && mark.axis === 'y') line.clipped(plot.left, pixel, right, pixel, plot)
    line.finish()
  }

  dispose(): void {
    this.line.dispose()
  }
}
