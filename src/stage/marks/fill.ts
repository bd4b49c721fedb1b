/** Flat filled shapes in one buffer of triangles that never shrinks. Coordinates are CSS pixels. */
import { BufferAttribute, BufferGeometry, DoubleSide, DynamicDrawUsage, Mesh, MeshBasicMaterial } from 'three'
import { discard, drawAlways, sendFirst } from './drawn.ts'

export class Fill {
  readonly object: Mesh<BufferGeometry, MeshBasicMaterial>
  private readonly material = new MeshBasicMaterial({
    transparent: true,
    depthTest: false,
    depthWrite: false,
    side: DoubleSide,
  })
  private readonly geometry = new BufferGeometry()
  private positions = new Float32Array(0)
  private attribute?: BufferAttribute
  private count = 0

  constructor() {
    this.object = new Mesh(this.geometry, this.material)
    drawAlways(this.object)
    this.reserve(32)
  }

  style(colour: string, opacity: number): void {
    this.material.color.set(colour)
    this.material.opacity = opacity
  }

  clear(): void {
    this.count = 0
  }

  /** Adds the area between x0 and x1, from `y0`…`y1` above to `bottom0`…`bottom1` below. */
  column(x0: number, y0: number, bottom0: number, x1: number, y1: number, bottom1: number): void {
    if ((this.count + 6) * 2 > this.positions.length) this.reserve(this.count * 2)
    this.vertex(x0, y0)
    this.vertex(x0, bottom0)
    this.vertex(x1, y1)
    this.vertex(x1, y1)
    this.vertex(x0, bottom0)
    this.vertex(x1, bottom1)
  }

  finish(): void {
    this.geometry.setDrawRange(0, this.count)
    this.object.visible = this.count > 0
    sendFirst(this.attribute, this.count * 2)
  }

  dispose(): void {
    discard(this.object)
  }

  private vertex(x: number, y: number): void {
    this.positions[this.count * 2] = x
    this.positions[this.count * 2 + 1] = y
    this.count++
  }

  private reserve(vertices: number): void {
    this.geometry.dispose()
    const positions = new Float32Array(Math.max(vertices, this.count + 6) * 2)
    positions.set(this.positions)
    this.positions = positions
    this.attribute = new BufferAttribute(positions, 2)
    this.attribute.setUsage(DynamicDrawUsage)
    this.geometry.setAttribute('position', this.attribute)
  }
}
