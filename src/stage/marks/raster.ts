/** Coloured cells as a texture on one rectangle, behind the other marks. */
import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  Sphere,
} from 'three'
import { channels, type Palette } from '../palette.ts'
import type { Frame, Layers, MarkDrawing, MarkOf } from './drawing.ts'

/**
 * Writes a raster's cells into `pixels`, [rows, columns, 4]: the role's colour, and in the last place 255 times
 * the strength; 0 where the value names no role.
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
    // false for NaN, too
    pixels[cell * 4 + 3] = colour && share > 0 ? Math.round(share * 255) : 0
  }
}

export class RasterDrawing implements MarkDrawing<MarkOf<'raster'>> {
  private readonly material = new MeshBasicMaterial({
    transparent: true,
    depthTest: false,
    depthWrite: false,
    side: DoubleSide,
  })
  private readonly geometry = new BufferGeometry()
  private readonly corners = new BufferAttribute(new Float32Array(8), 2)
  private readonly object: Mesh
  private texture?: DataTexture

  constructor(layers: Layers) {
    this.geometry.setAttribute('position', this.corners)
    this.geometry.setAttribute('uv', new BufferAttribute(new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), 2))
    this.geometry.setIndex([0, 1, 2, 2, 1, 3])
    // never used
    this.geometry.boundingSphere = new Sphere()
    this.object = new Mesh(this.geometry, this.material)
    this.object.frustumCulled = false
    layers.fills.add(this.object)
  }

  draw(mark: MarkOf<'raster'>, { x, y, style }: Frame, order: number): void {
    const { corners, material, object } = this
    const { columns, rows } = mark
    const [left, right, first, last] = [x(mark.x[0]), x(mark.x[1]), y(mark.y[0]), y(mark.y[1])]
    object.visible = columns * rows > 0 && [left, right, first, last].every(Number.isFinite)
    if (!object.visible) return
    // over the grid and under every fill
    object.renderOrder = -2 + (order + 1) / 1000
    material.opacity = mark.opacity ?? 1
    corners.set([left, first, right, first, left, last, right, last])
    corners.needsUpdate = true
    let { texture } = this
    if (texture?.image.width !== columns || texture.image.height !== rows) {
      texture?.dispose()
      texture = new DataTexture(new Uint8Array(rows * columns * 4), columns, rows)
      // the first texture needs another program than none
      material.needsUpdate = !material.map
      material.map = this.texture = texture
    }
    rasterPixels(mark, style.palette, texture.image.data as Uint8Array)
    texture.needsUpdate = true
  }

  dispose(): void {
    this.object.removeFromParent()
    this.geometry.dispose()
    this.material.dispose()
    this.texture?.dispose()
  }
}
