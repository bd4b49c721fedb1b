/** Line segments of any width in one instanced buffer that never shrinks. Coordinates are CSS pixels. */
import {
  DoubleSide,
  DynamicDrawUsage,
  GreaterDepth,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
} from 'three'
import { LineMaterial } from 'three/addons/lines/LineMaterial.js'
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js'
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js'
import type { Rectangle } from '../labels.ts'
import { discard, drawAlways, sendFirst } from './drawn.ts'

export interface LineStyle {
  readonly colour: string
  readonly width: number
  readonly opacity?: number
  /** Lengths of dash and gap in pixels. */
  readonly dash?: readonly [number, number]
}

export class FatLine {
  readonly object: LineSegments2
  private readonly material = new LineMaterial({ transparent: true, depthWrite: false, side: DoubleSide })
  private readonly geometry = new LineSegmentsGeometry()
  private positions = new Float32Array(0)
  private distances = new Float32Array(0)
  private positionBuffer?: InstancedInterleavedBuffer
  private distanceBuffer?: InstancedInterleavedBuffer
  private count = 0

  /** @param depth in a scene: 'before' draws the visible parts, 'behind' only the hidden parts */
  constructor(depth?: 'before' | 'behind') {
    this.material.depthTest = depth !== undefined
    if (depth === 'behind') this.material.depthFunc = GreaterDepth
    this.object = new LineSegments2(this.geometry, this.material)
    drawAlways(this.object)
    this.reserve(16)
  }

  style({ colour, width, opacity = 1, dash }: LineStyle): void {
    this.material.color.set(colour)
    this.material.linewidth = width
    this.material.opacity = opacity
    if (this.material.dashed !== (dash !== undefined)) this.material.dashed = dash !== undefined
    if (dash) [this.material.dashSize, this.material.gapSize] = dash
  }

  clear(): void {
    this.count = 0
  }

  /** Adds a segment from (x0, y0) to (x1, y1). `distance` is the length of its line before it, for the dashes. */
  segment(x0: number, y0: number, x1: number, y1: number, distance = 0, z0 = 0, z1 = 0): void {
    if (this.count * 6 === this.positions.length) this.reserve(this.count * 2)
    const at = this.count * 6
    const positions = this.positions
    positions[at] = x0
    positions[at + 1] = y0
    positions[at + 2] = z0
    positions[at + 3] = x1
    positions[at + 4] = y1
    positions[at + 5] = z1
    this.distances[this.count * 2] = distance
    this.distances[this.count * 2 + 1] = distance + Math.hypot(x1 - x0, y1 - y0, z1 - z0)
    this.count++
  }

  /** Adds a segment clipped at a rectangle's edges, so that no coordinate is far outside the screen. */
  clipped(x0: number, y0: number, x1: number, y1: number, bounds: Rectangle, distance = 0): void {
    const dx = x1 - x0
    const dy = y1 - y0
    let from = 0
    let to = 1
    // Liang and Barsky's algorithm: each edge shortens the interval of the line's parameter
    const cut = (p: number, q: number) => {
      // a line along the edge is inside or outside as a whole
      if (p === 0) to = q < 0 ? -1 : to
      else if (p < 0) from = Math.max(from, q / p)
      else to = Math.min(to, q / p)
    }
    cut(-dx, x0 - bounds.left)
    cut(dx, bounds.left + bounds.width - x0)
    cut(-dy, y0 - bounds.top)
    cut(dy, bounds.top + bounds.height - y0)
    // also true for a coordinate that is not finite
    if (!(from <= to)) return
    const start = distance + from * Math.hypot(dx, dy)
    this.segment(x0 + from * dx, y0 + from * dy, x0 + to * dx, y0 + to * dy, start)
  }

  /** Sends the added segments to the GPU. */
  finish(): void {
    this.geometry.instanceCount = this.count
    this.object.visible = this.count > 0
    sendFirst(this.positionBuffer, this.count * 6)
    sendFirst(this.distanceBuffer, this.count * 2)
  }

  dispose(): void {
    discard(this.object)
  }

  private reserve(segments: number): void {
    // frees the GPU's copies of the smaller arrays
    this.geometry.dispose()
    const positions = new Float32Array(segments * 6)
    const distances = new Float32Array(segments * 2)
    positions.set(this.positions)
    distances.set(this.distances)
    this.positions = positions
    this.distances = distances
    this.positionBuffer = new InstancedInterleavedBuffer(positions, 6, 1)
    this.distanceBuffer = new InstancedInterleavedBuffer(distances, 2, 1)
    this.positionBuffer.setUsage(DynamicDrawUsage)
    this.distanceBuffer.setUsage(DynamicDrawUsage)
    const attribute = (buffer: InstancedInterleavedBuffer, size: number, offset: number) =>
      new InterleavedBufferAttribute(buffer, size, offset)
    this.geometry.setAttribute('instanceStart', attribute(this.positionBuffer, 3, 0))
    this.geometry.setAttribute('instanceEnd', attribute(this.positionBuffer, 3, 3))
    this.geometry.setAttribute('instanceDistanceStart', attribute(this.distanceBuffer, 1, 0))
    this.geometry.setAttribute('instanceDistanceEnd', attribute(this.distanceBuffer, 1, 1))
  }
}
