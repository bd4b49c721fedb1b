import type { Frame, MarkOf } from './drawing.ts'
import { bounded, FilledDrawing } from './filled.ts'

export class AreaDrawing extends FilledDrawing<MarkOf<'area'>> {
  protected readonly thickness = 1

  protected add(mark: MarkOf<'area'>, { x, y, plot }: Frame): void {
    const { fill, outline } = this
    const bottom = plot.top + plot.height
    const { baseline } = mark
    const baseOf = (index: number) => {
      if (baseline === undefined) return bottom
      const pixel = y(typeof baseline === 'number' ? baseline : baseline[index])
      return Number.isNaN(pixel) ? bottom : bounded(pixel)
    }
    const count = Math.min(mark.x.length, mark.y.length)
    let before = false
    let lastX = 0
    let lastY = 0
    let lastBase = 0
    for (let index = 0; index < count; index++) {
      const nextX = x(mark.x[index])
      const nextY = y(mark.y[index])
      const now = Number.isFinite(nextX) && Number.isFinite(nextY)
      const nextBase = now ? baseOf(index) : 0
      if (now && before) {
        fill.column(bounded(lastX), bounded(lastY), lastBase, bounded(nextX), bounded(nextY), nextBase)
        outline.clipped(lastX, lastY, nextX, nextY, plot)
      }
      before = now
      lastX = nextX
      lastY = nextY
      lastBase = nextBase
    }
  }
}
