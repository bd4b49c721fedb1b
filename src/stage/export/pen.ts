/** What a saved picture is drawn with: a canvas for pixels, or an SVG (svgPen.ts). Lengths are CSS pixels. */
import type { Rectangle } from '../labels.ts'

export interface Paint {
  readonly fill?: string
  readonly stroke?: string
  readonly width?: number
  readonly opacity?: number
  readonly dash?: readonly number[]
  /** Length of the line before its first point, for the dashes. */
  readonly offset?: number
  readonly round?: boolean
}

export interface Lettering {
  readonly weight: string
  readonly italic?: boolean
  /** CSS pixels. */
  readonly size: number
  readonly family: string
  readonly colour: string
  /** A rim that keeps the text readable over lines. */
  readonly halo?: { readonly colour: string; readonly width: number }
}

/** A line of text: its place on the page, and the height of its letters' feet. */
export interface Line {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly baseline: number
  /** The part that stays in its place where another font makes the text wider or narrower. */
  readonly anchor: 'start' | 'middle' | 'end'
}

export interface Pen {
  /** `shape` as in the attribute `d` of an SVG's path. */
  path(shape: string, paint: Paint): void
  text(line: Line, lettering: Lettering): void
  /** `pixelated` keeps the edges of large pixels. */
  picture(image: HTMLCanvasElement, place: Rectangle, pixelated?: boolean): void
  /** Draws with the origin moved to `at`, enlarged by `scale`, and only inside `clip`, which is meant after the move. */
  within(
    at: { readonly x: number; readonly y: number; readonly scale?: number },
    clip: Rectangle | undefined,
    draw: () => void,
  ): void
}

/** Draws where the text begins, because it has the font with which the page measured it. */
export class CanvasPen implements Pen {
  constructor(private readonly context: CanvasRenderingContext2D) {
    context.textBaseline = 'alphabetic'
    context.lineJoin = 'round'
  }

  path(shape: string, paint: Paint): void {
    const { context } = this
    const path = new Path2D(shape)
    context.globalAlpha = paint.opacity ?? 1
    if (paint.fill) {
      context.fillStyle = paint.fill
      context.fill(path)
    }
    if (paint.stroke) {
      context.strokeStyle = paint.stroke
      context.lineWidth = paint.width ?? 1
      context.lineCap = paint.round ? 'round' : 'butt'
      context.setLineDash([...(paint.dash ?? [])])
      context.lineDashOffset = paint.offset ?? 0
      context.stroke(path)
    }
    context.globalAlpha = 1
  }

  text({ text, left, baseline }: Line, { weight, italic, size, family, colour, halo }: Lettering): void {
    const { context } = this
    context.font = `${italic ? 'italic ' : ''}${weight} ${size}px ${family}`
    if (halo) {
      context.setLineDash([])
      context.strokeStyle = halo.colour
      context.lineWidth = halo.width
      context.strokeText(text, left, baseline)
    }
    context.fillStyle = colour
    context.fillText(text, left, baseline)
  }

  picture(image: HTMLCanvasElement, { left, top, width, height }: Rectangle, pixelated = false): void {
    this.context.imageSmoothingEnabled = !pixelated
    this.context.drawImage(image, left, top, width, height)
  }

  within(
    { x, y, scale = 1 }: { readonly x: number; readonly y: number; readonly scale?: number },
    clip: Rectangle | undefined,
    draw: () => void,
  ): void {
    const { context } = this
    context.save()
    context.translate(x, y)
    context.scale(scale, scale)
    if (clip) {
      context.beginPath()
      context.rect(clip.left, clip.top, clip.width, clip.height)
      context.clip()
    }
    draw()
    context.restore()
  }
}
