/** Floor and walls of a 3-D scene, which make heights readable from any side. */
import type { PerspectiveCamera, Scene } from 'three'
import type { Box, Floor } from './figure.ts'
import { FatLine } from './marks/fatLine.ts'
import type { Style } from './style.ts'

/** The side from which the box is seen: the signs of the camera's x and z. */
interface Side {
  readonly x: 1 | -1
  readonly z: 1 | -1
}

export const sideOf = (camera: PerspectiveCamera): Side => ({
  x: camera.position.x >= 0 ? 1 : -1,
  z: camera.position.z >= 0 ? 1 : -1,
})

export class SceneFrame {
  private readonly grid = new FatLine('before')
  private readonly edges = new FatLine('before')

  constructor(scene: Scene) {
    this.grid.object.renderOrder = -1
    scene.add(this.grid.object, this.edges.object)
  }

  /** Lines on the floor and on the two walls behind the figure. */
  draw(
    box: Box,
    floors: readonly Floor[],
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
    // slightly below the figure, so that it does not cut flat parts
    const floor = -0.004
    for (const { left, back, width, depth, columns, rows } of floors) {
      const [right, front] = [left + width, back + depth]
      line(edges, [left, floor, back], [right, floor, back])
      line(edges, [left, floor, front], [right, floor, front])
      line(edges, [left, floor, back], [left, floor, front])
      line(edges, [right, floor, back], [right, floor, front])
      for (const share of columns)
        line(grid, [left + width * share, floor, back], [left + width * share, floor, front])
      for (const share of rows)
        line(grid, [left, floor, back + depth * share], [right, floor, back + depth * share])
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
    this.grid.dispose()
    this.edges.dispose()
  }
}
