/** One or two fields of bars side by side, with one height scale. */
import type { Ray, Scene as ThreeScene } from 'three'
import { createMapping } from './axis.ts'
import { BarMesh, type FieldPlace } from './bars.ts'
import type { BarsContent } from './contract.ts'
import {
  type Box,
  type Figure,
  figureDepth,
  figureHeight,
  figureWidth,
  type HeightTicks,
  resized,
  type View,
} from './figure.ts'
import type { Label } from './labels.ts'
import { barLabels } from './sceneLabels.ts'

const gap = 0.22
const quarters = [1 / 4, 2 / 4, 3 / 4]

export class BarsFigure implements Figure<BarsContent> {
  readonly margins = { left: 3.2, top: 1.8, right: 1.2, bottom: 3.6 }
  private fields: BarMesh[] = []
  private places: FieldPlace[] = []
  private stale = true
  private fieldWidth = 0

  constructor(
    private readonly scene: ThreeScene,
    private content: BarsContent,
  ) {}

  update(content: BarsContent): void {
    this.content = content
    this.stale = true
  }

  arrange(view: View): Box {
    const { style, tall, width } = view
    const count = Math.max(1, this.content.fields.length)
    const fieldWidth = figureWidth(view, count)
    const box: Box = { width: count * (fieldWidth + gap) - gap, depth: figureDepth, height: figureHeight }
    if (this.stale || fieldWidth !== this.fieldWidth) this.updateFields(box, fieldWidth)
    for (const [index, field] of this.content.fields.entries()) {
      this.fields[index].style(field, style.palette, style.theme === 'dark')
      this.fields[index].setScale(Math.min(width / box.width, tall / (box.height + box.depth / 2)))
    }
    return box
  }

  floors() {
    return this.places.map((place) => ({ ...place, columns: quarters, rows: quarters }))
  }

  look(): void {
    // bars look the same from every direction
  }

  labels(box: Box, ticks: HeightTicks, view: View): Label[] {
    return barLabels(this.content, box, this.places, ticks, view)
  }

  /** Finds the bar that the ray hits, and highlights it. */
  read(ray: Ray | undefined): { text?: string; redraw: boolean } {
    let found: { field: number; cell: number; distance: number } | undefined
    if (ray)
      for (const [field, mesh] of this.fields.entries()) {
        const hit = mesh.hit(ray)
        if (hit && !(found && found.distance <= hit.distance)) found = { field, ...hit }
      }
    let redraw = false
    for (const [index, mesh] of this.fields.entries())
      redraw = mesh.highlight(index === found?.field ? found.cell : -1) || redraw
    if (!found) return { redraw }
    const { columns } = this.content.fields[found.field]
    const row = Math.floor(found.cell / columns)
    return { text: this.content.hover(found.field, row, found.cell - row * columns), redraw }
  }

  dispose(): void {
    for (const field of this.fields) field.dispose()
  }

  private updateFields(box: Box, width: number): void {
    const { content } = this
    this.stale = false
    this.fieldWidth = width
    this.fields = resized(this.fields, content.fields.length, () => new BarMesh(this.scene))
    const { scale, domain } = content.height
    const mapping = createMapping(scale, domain, [0, 1])
    // on a linear axis a bar too small to be visible is drawn as a tile on the floor
    const share =
      scale === 'linear' ? (value: number) => (value > 0 ? Math.max(mapping(value), 1e-4) : 0) : mapping
    this.places = content.fields.map((_, index) => ({
      left: index * (width + gap) - box.width / 2,
      back: -figureDepth / 2,
      width,
      depth: figureDepth,
      height: box.height,
    }))
    for (const [index, field] of content.fields.entries())
      this.fields[index].update(field, this.places[index], share)
  }
}
