import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'
import { dashOf } from './drawing.ts'
import { FatLine } from './fatLine.ts'

const visible = (x: number, y: number) => Number.isFinite(x) && Number.isFinite(y)

export class LineDrawing implements MarkDrawing<MarkOf<'line'>> {
  private readonly line = new FatLine()

  constructor(layers: Layers) {
    layers.lines.add(this.line.object)
  }

  draw(mark: MarkOf<'line'>, { x, y, plot, style }: Frame, order: number): void {
    const { line } = this
    const dashed = mark.dashed ?? mark.role === 'theory'
    const wanted = mark.width ? mark.width * style.thickness : dashed ? style.dashedLine : style.line
    const width = Math.max(style.leastLine, wanted)
    line.style({
      colour: style.palette.roles[mark.role],
      width,
      opacity: mark.opacity ?? 1,
      dash: dashed ? dashOf(width) : undefined,
    })
    line.object.renderOrder = order
    line.clear()
    const count = Math.min(mark.x.length, mark.y.length)
    let distance = 0
    let lastX = Number.NaN
    let lastY = Number.NaN
    let joined = false
    const finish = () => {
      // a point without neighbours is drawn as a dot as wide as the line
      if (!joined && visible(lastX, lastY)) line.clipped(lastX - 0.25, lastY, lastX + 0.25, lastY, plot)
    }
    for (let index = 0; index < count; index++) {
      const nextX = x(mark.x[index])
      const nextY = y(mark.y[index])
      const now = visible(nextX, nextY)
      if (now && visible(lastX, lastY)) {
        line.clipped(lastX, lastY, nextX, nextY, plot, distance)
        distance += Math.hypot(nextX - lastX, nextY - lastY)
        joined = true
      } else {
        finish()
        joined = false
      }
      lastX = nextX
      lastY = nextY
    }
    finish()
    line.finish()
  }

  dispose(): void {
    this.line.dispose()
  }
}
