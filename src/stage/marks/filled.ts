/** A mark with a filled area and its outline. */
import type { Mark } from '../contract.ts'
import type { Frame, Layers, MarkDrawing } from './drawing.ts'
import { FatLine } from './fatLine.ts'
import { Fill } from './fill.ts'

/** Coordinates so far outside the screen are as good as infinite, but still exact enough in 32 bits. */
const far = 20_000
export const bounded = (pixel: number) => Math.max(-far, Math.min(far, pixel))

export abstract class FilledDrawing<M extends Mark> implements MarkDrawing<M> {
  protected readonly fill = new Fill()
  protected readonly outline = new FatLine()
  /** Width of the outline, as a multiple of a line's. */
  protected abstract readonly thickness: number

  constructor(layers: Layers) {
    layers.fills.add(this.fill.object)
    layers.lines.add(this.outline.object)
  }

  /** Adds the mark's shapes to `fill` and `outline`. */
  protected abstract add(mark: M, frame: Frame): void

  draw(mark: M, frame: Frame, order: number): void {
    const { fill, outline } = this
    const { style } = frame
    const opacity = mark.opacity ?? 1
    const colour = style.palette.roles[mark.role]
    fill.style(colour, opacity * style.fillOpacity)
    outline.style({ colour, width: style.line * this.thickness, opacity })
    for (const part of [fill, outline]) {
      part.object.renderOrder = order
      part.clear()
    }
    this.add(mark, frame)
    fill.finish()
    outline.finish()
  }

  dispose(): void {
    this.fill.dispose()
    this.outline.dispose()
  }
}
