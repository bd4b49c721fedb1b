/** A picture painted by the page on a rectangle of the plot, in CSS pixels; a picture of the same size is kept. */
import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  type MeshBasicMaterialParameters,
} from 'three'
import { discard, drawAlways } from './drawn.ts'

export class TexturedRectangle {
  readonly object: Mesh<BufferGeometry, MeshBasicMaterial>
  readonly material: MeshBasicMaterial
  private readonly geometry = new BufferGeometry()
  private readonly corners = new BufferAttribute(new Float32Array(8), 2)
  private texture?: DataTexture

  constructor(blending: MeshBasicMaterialParameters = {}) {
    this.material = new MeshBasicMaterial({
      transparent: true,
      depthTest: false,
      depthWrite: false,
      side: DoubleSide,
      ...blending,
    })
    this.geometry.setAttribute('position', this.corners)
    this.geometry.setAttribute('uv', new BufferAttribute(new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), 2))
    this.geometry.setIndex([0, 1, 2, 2, 1, 3])
    this.object = new Mesh(this.geometry, this.material)
    drawAlways(this.object)
  }

  /** [rows, columns, 4] red, green, blue, alpha: to be written before `place`. All zeros after a change of the size. */
  pixels(columns: number, rows: number): Uint8Array {
    let { texture } = this
    if (texture?.image.width !== columns || texture.image.height !== rows) {
      texture?.dispose()
      texture = new DataTexture(new Uint8Array(rows * columns * 4), columns, rows)
      // a material with a texture needs another program than one without
      this.material.needsUpdate = !this.material.map
      this.material.map = this.texture = texture
    }
    return texture.image.data as Uint8Array
  }

  /** The first row of pixels begins at `first`, and the last one ends at `last`; either may be higher. */
  place(left: number, first: number, right: number, last: number): void {
    this.corners.set([left, first, right, first, left, last, right, last])
    this.corners.needsUpdate = true
    if (this.texture) this.texture.needsUpdate = true
  }

  dispose(): void {
    discard(this.object)
    this.texture?.dispose()
  }
}
