/** Coloured cells as a texture on one rectangle, behind the other marks. */
import { channels, type Palette } from '../palette.ts'
import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'
import { TexturedRectangle } from './texturedRectangle.ts'

/**
 * Writes a raster's cells into `pixels`, [rows, columns, 4]: the role's colour, and 255 times the strength as alpha;
 * all 0 where the value is no index of a role.
 */
export function rasterPixels(
  { columns, rows, values, roles, strength }: MarkOf<'raster'>,
  palette: Palette,
  pixels: Uint8Array,
): void {
  const colours = roles.map((role) => channels(palette.roles[role]))
  for (let cell = 0; cell < rows * columns; cell++) {
    const colour = colours[values[cell]]
    const share = Math.max(0, Math.min(1, strength?.[cell] ?? 1))
    for (let channel = 0; channel < 3; channel++) pixels[cell * 4 + channel] = colour?.[channel] ?? 0
    // also false for NaN
    pixels[cell * 4 + 3] = colour && share > 0 ? Math.round(share * 255) : 0
  }
}

export class RasterDrawing implements MarkDrawing<MarkOf<'raster'>> {
  private readonly rectangle = new TexturedRectangle()

  constructor(layers: Layers) {
    layers.fills.add(this.rectangle.object)
  }

  draw(mark: MarkOf<'raster'>, { x, y, style }: Frame, order: number): void {
    const { material, object } = this.rectangle
    const { columns, rows } = mark
    const [left, right, first, last] = [x(mark.x[0]), x(mark.x[1]), y(mark.y[0]), y(mark.y[1])]
    object.visible = columns * rows > 0 && [left, right, first, last].every(Number.isFinite)
    if (!object.visible) return
    // above the grid, below all fills
    object.renderOrder = -2 + (order + 1) / 1000
    material.opacity = mark.opacity ?? 1
    rasterPixels(mark, style.palette, this.rectangle.pixels(columns, rows))
    this.rectangle.place(left, first, right, last)
  }

  dispose(): void {
    this.rectangle.dispose()
  }
}
