/** Names and numbers around a 3-D scene, at their places on the screen. */
import { Vector3 } from 'three'
import { axisTitle, type Tick } from './axis.ts'
import type { FieldPlace } from './bars.ts'
import type { Axis, BarsContent, SurfaceContent } from './contract.ts'
import { type Box, type HeightTicks, onScreen, type View } from './figure.ts'
import { type Label, labelRectangle, type Point, withoutTouching } from './labels.ts'
import { sideOf } from './sceneFrame.ts'

/** Labels in order of importance. A label is shown if it is visible and touches none before it. */
class Labels {
  private readonly labels: Label[] = []
  private readonly point = new Vector3()

  constructor(private readonly view: View) {}

  /** The place of a point of the scene, in CSS pixels of the plot. */
  project(x: number, y: number, z: number): Point {
    const { area, camera } = this.view
    return onScreen(this.point.set(x, y, z), camera, area)
  }

  add(label: Label): void {
    const { area, measure } = this.view
    const { left, top, width, height } = labelRectangle(label, measure)
    // moved inside if the edge would cut it, and if it is not far outside
    const right = Math.max(0, area.width - width)
    const bottom = Math.max(0, area.height - height)
    const inX = Math.max(0, Math.min(left, right)) - left
    const inY = Math.max(0, Math.min(top, bottom)) - top
    if (Math.abs(inX) > width || Math.abs(inY) > height * 2) return
    this.labels.push({ ...label, x: label.x + inX, y: label.y + inY })
  }

  /** Adds the title of the height axis at the plot's corner. */
  addHeightTitle(axis: Axis): void {
    if (axis.label) this.add({ text: axisTitle(axis), x: 0, y: 0, alignX: 0, alignY: 0, kind: 'title' })
  }

  /** Adds the numbers of the heights, at the end of a wall that is farther left on the screen. */
  addHeights(box: Box, ticks: HeightTicks): void {
    const { camera, style } = this.view
    const side = sideOf(camera)
    const nearZ = (side.z * box.depth) / 2
    const nearX = (side.x * box.width) / 2
    const ends = [
      [-nearX, nearZ],
      [nearX, -nearZ],
    ] as const
    const [x, z] =
      this.project(ends[0][0], 0, ends[0][1]).x < this.project(ends[1][0], 0, ends[1][1]).x
        ? ends[0]
        : ends[1]
    for (const { tick, share } of ticks) {
      if (!tick.text) continue
      const at = this.project(x, share * box.height, z)
      this.add({ text: tick.text, x: at.x - style.font * 0.5, y: at.y, alignX: 1, alignY: 0.5, kind: 'tick' })
    }
  }

  shown(): Label[] {
    return withoutTouching(this.labels, this.view.measure, 0)
  }
}

export function barLabels(
  content: BarsContent,
  box: Box,
  places: readonly FieldPlace[],
  ticks: HeightTicks,
  view: View,
): Label[] {
  const { area, camera, style } = view
  const { font } = style
  const labels = new Labels(view)
  const side = sideOf(camera)
  labels.addHeightTitle(content.height)
  const nearZ = (side.z * box.depth) / 2
  const nearX = (side.x * box.width) / 2
  for (const [index, place] of places.entries()) {
    const field = content.fields[index]
    const middle = place.left + place.width / 2
    const front = labels.project(middle, 0, nearZ)
    const name: Label = {
      text: field.name,
      x: front.x,
      y: front.y + font * 0.7,
      alignX: 0.5,
      alignY: 0,
      kind: 'name',
      colour: style.palette.roles[field.role],
    }
    labels.add(name)
    labels.add({
      ...name,
      text: content.columnLabel,
      y: name.y + font * 1.3,
      kind: 'title',
      colour: undefined,
    })
  }
  const row = labels.project(nearX, 0, 0)
  const onRight = row.x > area.width / 2
  labels.add({
    text: content.rowLabel,
    x: row.x + (onRight ? font * 0.7 : -font * 0.7),
    y: row.y + font * 0.2,
    alignX: onRight ? 0 : 1,
    alignY: 0,
    kind: 'title',
  })
  labels.addHeights(box, ticks)
  return labels.shown()
}

/** Ticks along the two nearest edges of the floor, with their places as shares of the edge. */
export interface FloorTicks {
  readonly x: readonly { readonly tick: Tick; readonly share: number }[]
  readonly y: readonly { readonly tick: Tick; readonly share: number }[]
}

export function surfaceLabels(
  content: SurfaceContent,
  box: Box,
  floor: FloorTicks,
  ticks: HeightTicks,
  view: View,
  texts: readonly Label[],
): Label[] {
  const { camera, style } = view
  const { font } = style
  const labels = new Labels(view)
  for (const text of texts) labels.add(text)
  const side = sideOf(camera)
  labels.addHeightTitle(content.height)
  const nearZ = (side.z * box.depth) / 2
  const nearX = (side.x * box.width) / 2
  const middle = labels.project(0, 0, 0)
  const acrossEdge = (share: number) => labels.project((share - 0.5) * box.width, 0, nearZ)
  const alongEdge = (share: number) => labels.project(nearX, 0, (0.5 - share) * box.depth)
  // numbers lie outside the edge, titles farther outside
  const outward = ({ x, y }: Point, edge: Point, distance: number) => {
    const length = Math.hypot(edge.x - middle.x, edge.y - middle.y) || 1
    const unit = { x: (edge.x - middle.x) / length, y: (edge.y - middle.y) / length }
    return {
      x: x + unit.x * distance,
      y: y + unit.y * distance,
      // aligned at the text's end where the edge is upright on the screen, at its middle where the edge is level
      alignX: 0.5 - 0.5 * Math.max(-1, Math.min(1, unit.x * 1.6)),
      alignY: 0.5 - 0.5 * Math.max(-1, Math.min(1, unit.y * 1.6)),
    }
  }
  for (const [axis, edge] of [
    [content.x, acrossEdge],
    [content.y, alongEdge],
  ] as const)
    if (axis.label)
      labels.add({ text: axisTitle(axis), ...outward(edge(0.5), edge(0.5), font * 1.9), kind: 'title' })
  for (const [marks, edge] of [
    [floor.x, acrossEdge],
    [floor.y, alongEdge],
  ] as const)
    for (const { tick, share } of marks)
      if (tick.text)
        labels.add({ text: tick.text, ...outward(edge(share), edge(0.5), font * 0.45), kind: 'tick' })
  labels.addHeights(box, ticks)
  return labels.shown()
}
