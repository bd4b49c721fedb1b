import { DotCloud } from './dotCloud.ts'
import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'
import { FatLine } from './fatLine.ts'
import { PaintedDots } from './paintedDots.ts'

/** Least number of dots to paint: for fewer, a software renderer is quicker than a texture of the whole plot. */
const worthPainting = 500

export class DotsDrawing implements MarkDrawing<MarkOf<'dots'>> {
  private readonly bars = new FatLine()
  private readonly dots = new DotCloud()
  private readonly painted?: PaintedDots

  constructor(private readonly layers: Layers) {
    layers.lines.add(this.bars.object, this.dots.object)
    if (!layers.software) return
    this.painted = new PaintedDots()
    layers.lines.add(this.painted.object)
  }

  draw(mark: MarkOf<'dots'>, frame: Frame, order: number): void {
    const { x, y, plot, style } = frame
    const { bars, dots } = this
    const colour = style.palette.roles[mark.role]
    const opacity = mark.opacity ?? 1
    const radius = ((mark.size ?? 8) / 16) * style.dot
    // a small dot needs a thin gap, or only the gap would be visible
    const halo = Math.min(style.line * 0.7, radius * 0.45)
    bars.style({ colour, width: Math.max(1.25, style.line * 0.6), opacity })
    dots.style(style.palette, opacity, mark.shape ?? 'circle', halo)
    bars.object.renderOrder = order
    dots.object.renderOrder = order + 0.5
    bars.clear()
    dots.clear()
    const { left, top, width, height } = plot
    const right = left + width
    const bottom = top + height
    const cap = radius * 0.9
    const count = Math.min(mark.x.length, mark.y.length)
    const round = (mark.shape ?? 'circle') === 'circle'
    const painted = round && count >= worthPainting && this.layers.software ? this.painted : undefined
    if (painted) painted.begin(frame, this.layers.density(), radius, halo, opacity)
    else this.painted?.hide()
    const add = (index: number) => {
      const dotX = x(mark.x[index])
      const dotY = y(mark.y[index])
      // also false for NaN
      if (!(dotX >= left - 0.5 && dotX <= right + 0.5)) return
      const error = mark.error?.[index]
      if (error !== undefined && error > 0 && Number.isFinite(error) && Number.isFinite(dotY)) {
        const high = y(mark.y[index] + error)
        const low = y(mark.y[index] - error)
        const deep = Number.isFinite(low) ? low : bottom
        bars.clipped(dotX, high, dotX, deep, plot)
        if (Math.abs(deep - high) > radius * 2)
          for (const end of [high, deep]) bars.clipped(dotX - cap, end, dotX + cap, end, plot)
      }
      if (!(dotY >= top - 0.5 && dotY <= bottom + 0.5)) return
      const emphasised = index === mark.emphasis
      const role = mark.roles?.[index] ?? mark.role
      if (painted && !emphasised) painted.add(dotX, dotY, role)
      else dots.add(dotX, dotY, emphasised ? radius * 1.3 : radius, emphasised, role)
    }
    for (let index = 0; index < count; index++) if (index !== mark.emphasis) add(index)
    // last, so that nothing covers it
    if (mark.emphasis !== undefined && mark.emphasis >= 0 && mark.emphasis < count) add(mark.emphasis)
    bars.finish()
    dots.finish()
    // under the emphasised dot
    painted?.finish(order + 0.25)
  }

  dispose(): void {
    this.painted?.dispose()
    this.bars.dispose()
    this.dots.dispose()
  }
}
