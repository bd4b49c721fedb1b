/** Floor, walls and labels of a 3-D scene: what makes heights readable from any side. */
import { type PerspectiveCamera, type Scene, Vector3 } from 'three'
import type { Tick } from './axis.ts'
import type { FieldPlace } from './bars.ts'
import type { BarsContent } from './contract.ts'
import { type Label, labelRectangle, type Rectangle, type TextMeasure, withoutCollisions } from './labels.ts'
import { FatLine } from './marks/fatLine.ts'
import type { Style } from './style.ts'

/** The box that holds everything, centred on the origin of the floor. */
export interface Box {
  readonly width: number
  readonly depth: number
  readonly height: number
}

/** From which side the box is seen: the signs of the camera's x and z. */
interface Side {
  readonly x: 1 | -1
  readonly z: 1 | -1
}

const sideOf = (camera: PerspectiveCamera): Side => ({
  x: camera.position.x >= 0 ? 1 : -1,
  z: camera.position.z >= 0 ? 1 : -1,
})

export class SceneFrame {
  private readonly grid = new FatLine(true)
  private readonly edges = new FatLine(true)

  constructor(scene: Scene) {
    this.grid.object.renderOrder = -1
    scene.add(this.grid.object, this.edges.object)
  }

  /** Lines on the floor and on the two walls behind the bars. */
  draw(
    box: Box,
    places: readonly FieldPlace[],
    heights: readonly number[],
    camera: PerspectiveCamera,
    style: Style,
  ): void {
    const { grid, edges } = this
    const side = sideOf(camera)
    grid.style({ colour: style.palette.border, width: style.grid })
    edges.style({ colour: style.palette.muted, width: style.grid, opacity: 0.7 })
    grid.clear()
    edges.clear()
    const line = (target: FatLine, from: readonly number[], to: readonly number[]) =>
      target.segment(from[0], from[1], to[0], to[1], 0, from[2], to[2])
    // a hair below the bars, so that flat ones are not cut by it
    const floor = -0.004
    for (const { left, back, width, depth } of places) {
      const [right, front] = [left + width, back + depth]
      line(edges, [left, floor, back], [right, floor, back])
      line(edges, [left, floor, front], [right, floor, front])
      line(edges, [left, floor, back], [left, floor, front])
      line(edges, [right, floor, back], [right, floor, front])
      for (let step = 1; step < 4; step++) {
        line(grid, [left + (width * step) / 4, floor, back], [left + (width * step) / 4, floor, front])
        line(grid, [left, floor, back + (depth * step) / 4], [right, floor, back + (depth * step) / 4])
      }
    }
    const [farX, farZ] = [(-side.x * box.width) / 2, (-side.z * box.depth) / 2]
    for (const share of heights) {
      const y = share * box.height
      line(grid, [-box.width / 2, y, farZ], [box.width / 2, y, farZ])
      line(grid, [farX, y, -box.depth / 2], [farX, y, box.depth / 2])
    }
    for (const [x, z] of [
      [farX, farZ],
      [-farX, farZ],
      [farX, -farZ],
    ])
      line(grid, [x, 0, z], [x, box.height, z])
    grid.finish()
    edges.finish()
  }

  dispose(): void {
    for (const part of [this.grid, this.edges]) {
      part.object.removeFromParent()
      part.dispose()
    }
  }
}

/** Labels of a scene where they lie on the screen, the more important ones first. */
export function sceneLabels(
  content: BarsContent,
  box: Box,
  places: readonly FieldPlace[],
  ticks: readonly { tick: Tick; share: number }[],
  camera: PerspectiveCamera,
  area: Rectangle,
  style: Style,
  measure: TextMeasure,
): Label[] {
  const { font } = style
  const side = sideOf(camera)
  const point = new Vector3()
  const project = (x: number, y: number, z: number) => {
    point.set(x, y, z).project(camera)
    return { x: ((point.x + 1) / 2) * area.width, y: ((1 - point.y) / 2) * area.height }
  }
  const labels: Label[] = []
  const add = (label: Label) => {
    const { left, top, width, height } = labelRectangle(label, measure)
    // moved in where it would be cut off, if it is not far out of sight
    const right = Math.max(0, area.width - width)
    const bottom = Math.max(0, area.height - height)
    const inX = Math.max(0, Math.min(left, right)) - left
    const inY = Math.max(0, Math.min(top, bottom)) - top
    if (Math.abs(inX) > width || Math.abs(inY) > height * 2) return
    labels.push({ ...label, x: label.x + inX, y: label.y + inY })
  }
  const unit = content.height.unit ? ` (${content.height.unit})` : ''
  const title = `${content.height.label}${unit}`
  if (content.height.label) add({ text: title, x: 0, y: 0, alignX: 0, alignY: 0, kind: 'title' })

  const nearZ = (side.z * box.depth) / 2
  const nearX = (side.x * box.width) / 2
  for (const [index, place] of places.entries()) {
    const field = content.fields[index]
    const middle = place.left + place.width / 2
    const front = project(middle, 0, nearZ)
    const name: Label = {
      text: field.name,
      x: front.x,
      y: front.y + font * 0.7,
      alignX: 0.5,
      alignY: 0,
      kind: 'name',
      colour: style.palette.roles[field.role],
    }
    add(name)
    add({ ...name, text: content.columnLabel, y: name.y + font * 1.3, kind: 'title', colour: undefined })
  }
  const row = project(nearX, 0, 0)
  const onRight = row.x > area.width / 2
  add({
    text: content.rowLabel,
    x: row.x + (onRight ? font * 0.7 : -font * 0.7),
    y: row.y + font * 0.2,
    alignX: onRight ? 0 : 1,
    alignY: 0,
    kind: 'title',
  })

  // heights stand at that end of a wall which is farther left on the screen
  const ends = [
    [-nearX, nearZ],
    [nearX, -nearZ],
  ] as const
  const [x, z] =
    project(ends[0][0], 0, ends[0][1]).x < project(ends[1][0], 0, ends[1][1]).x ? ends[0] : ends[1]
  for (const { tick, share } of ticks) {
    if (!tick.text) continue
    const at = project(x, share * box.height, z)
    add({ text: tick.text, x: at.x - font * 0.5, y: at.y, alignX: 1, alignY: 0.5, kind: 'tick' })
  }
  const shown = withoutCollisions(
    labels.map((label) => labelRectangle(label, measure)),
    0,
  )
  return labels.filter((_, index) => shown[index])
}
