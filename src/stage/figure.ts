/** A figure is the content of a 3-D scene's box: fields of bars, or surfaces. The scene around it is the same. */
import type { PerspectiveCamera, Ray, Vector3 } from 'three'
import type { Tick } from './axis.ts'
import type { Numbers, SceneContent } from './contract.ts'
import type { Label, Point, Rectangle, TextMeasure } from './labels.ts'
import type { Style } from './style.ts'

/** The box around everything, centred on the origin of the floor. */
export interface Box {
  readonly width: number
  readonly depth: number
  readonly height: number
}

/** A rectangle of the floor, and the places of lines across it. */
export interface Floor {
  readonly left: number
  readonly back: number
  readonly width: number
  readonly depth: number
  /** Places of the lines, as shares of the width from the left and of the depth from the back. */
  readonly columns: readonly number[]
  readonly rows: readonly number[]
}

/** The view of a scene: the part of the panel's plot that its labels leave, in CSS pixels. */
export interface View {
  readonly camera: PerspectiveCamera
  readonly area: Rectangle
  readonly width: number
  readonly tall: number
  readonly style: Style
  readonly measure: TextMeasure
}

/** The place on the screen of a point of the scene, in CSS pixels of the plot. */
export function onScreen(point: Vector3, camera: PerspectiveCamera, area: Rectangle): Point {
  const { x, y } = point.project(camera)
  return { x: ((x + 1) / 2) * area.width, y: ((1 - y) / 2) * area.height }
}

export type HeightTicks = readonly { readonly tick: Tick; readonly share: number }[]

export interface Figure<Content extends SceneContent = SceneContent> {
  /** Room for labels around the box, in multiples of the font size. */
  readonly margins: {
    readonly left: number
    readonly top: number
    readonly right: number
    readonly bottom: number
  }
  /** Replaces the content. */
  update(content: Content): void
  /** Fits the figure into a view of this size. Returns the box around it. */
  arrange(view: View): Box
  floors(box: Box, view: View): readonly Floor[]
  /** Called when the camera has its place. */
  look(box: Box, view: View): void
  labels(box: Box, ticks: HeightTicks, view: View): Label[]
  /** Places of the points that can be read, in pixels of the view's area. */
  readPoints?(
    box: Box,
    camera: PerspectiveCamera,
    area: Rectangle,
  ): { readonly x: Numbers; readonly y: Numbers }
  /** Reads the part under the pointer, and tells whether it must be drawn again. */
  read(ray: Ray | undefined, box: Box): { readonly text?: string; readonly redraw: boolean }
  dispose(): void
}

/** The first `count` parts; missing ones are created, others disposed. */
export function resized<Part extends { dispose(): void }>(
  parts: readonly Part[],
  count: number,
  create: (index: number) => Part,
): Part[] {
  for (const part of parts.slice(count)) part.dispose()
  return Array.from({ length: count }, (_, index) => parts[index] ?? create(index))
}

/** A wide panel gets a wide figure, up to a limit. */
export const figureWidth = ({ width, tall }: View, count: number, widest = 1.7) =>
  Math.max(0.5, Math.min(widest, (0.95 * width) / tall / count))
export const figureDepth = 0.95
export const figureHeight = 0.62
