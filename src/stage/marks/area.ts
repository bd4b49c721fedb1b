import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'
import { FatLine } from './fatLine.ts'
import { Fill } from './fill.ts'

/** Coordinates so far outside the screen are as good as infinite, but still exact enough in 32 bits. */
const far = 20_000
export const bounded = (pixel: number) => Math.max(-far, Math.min(far, pixel))

export class AreaDrawing implements MarkDrawing<MarkOf<'area'>> {
  private readonly fill = new Fill()
  private readonly outline = new FatLine()

  constructor(layers: Layers) {
    layers.fills.add(this.fill.object)
    layers.lines.add(this.outline.object)
  }

  draw(mark: MarkOf<'area'>, { x, y, plot, style }: Frame, order: number): void {
    const { fill, outline } = this
    const opacity = mark.opacity ?? 1
    const colour = style.palette.roles[mark.role]
    fill.style(colour, opacity * style.fillOpacity)
    outline.style({ colour, width: style.line, opacity })
    fill.object.renderOrder = order
    outline.object.renderOrder = order
    fill.clear()
    outline.clear()
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
