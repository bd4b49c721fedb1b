/** A line on a surface: a rim separates it from the surface, and it is faint behind the surface. */
import type { Scene } from 'three'
import type { SurfacePath } from './contract.ts'
import type { Box } from './figure.ts'
import { dashOf } from './marks/drawing.ts'
import { FatLine } from './marks/fatLine.ts'
import type { Style } from './style.ts'
import { hiddenOpacity } from './surfaceDots.ts'
import type { Axes } from './surfaceGrid.ts'

export class SurfacePathLines {
  private readonly hidden = new FatLine('behind')
  private readonly rim = new FatLine('before')
  private readonly line = new FatLine('before')

  constructor(scene: Scene, order: number) {
    for (const [index, part] of this.parts.entries()) {
      part.object.renderOrder = order + index
      scene.add(part.object)
    }
  }

  /** @param pixel length of one pixel in the scene */
  draw(path: SurfacePath, axes: Axes, box: Box, pixel: number, style: Style): void {
    const { parts } = this
    const colour = style.palette.roles[path.role]
    const dashed = path.dashed ?? path.role === 'theory'
    const width = dashed ? style.dashedLine : style.line
    const [dash, gap] = dashOf(width)
    const { opacity = 1 } = path
    const line = { colour, width, opacity, dash: dashed ? ([dash * pixel, gap * pixel] as const) : undefined }
    this.hidden.style({ ...line, opacity: hiddenOpacity * 1.6 * opacity })
    this.rim.style({ colour: style.palette.panel, width: width * 2.2, opacity: 0.7 * opacity })
    this.line.style(line)
    for (const part of parts) part.clear()
    const count = Math.min(path.x.length, path.y.length, path.heights.length)
    // slightly above the surface, because its cells are flatter than the function
    const lift = 0.006
    let before: readonly [number, number, number] | undefined
    let distance = 0
    for (let index = 0; index < count; index++) {
      const [x, y] = [axes.x(path.x[index]), axes.y(path.y[index])]
      const height = axes.height(path.heights[index])
      const drawn = x >= 0 && x <= 1 && y >= 0 && y <= 1 && height >= 0
      const now = [(x - 0.5) * box.width, height * box.height + lift, (0.5 - y) * box.depth] as const
      if (drawn && before) {
        for (const part of parts)
          part.segment(before[0], before[1], now[0], now[1], distance, before[2], now[2])
        distance += Math.hypot(now[0] - before[0], now[1] - before[1], now[2] - before[2])
      }
      before = drawn ? now : undefined
    }
    for (const part of parts) part.finish()
  }

  dispose(): void {
    for (const part of this.parts) part.dispose()
  }

  private get parts(): readonly FatLine[] {
    return [this.hidden, this.rim, this.line]
  }
}
