import type { Frame, MarkOf } from './drawing.ts'
import { bounded, FilledDrawing } from './filled.ts'

export class HistogramDrawing extends FilledDrawing<MarkOf<'histogram'>> {
  protected readonly thickness = 0.75

  protected add(mark: MarkOf<'histogram'>, { x, y, plot }: Frame): void {
    const { fill, outline } = this
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
  }
}
