/** What a 3-D scene shows inside its box: fields of bars, or surfaces. The scene around it is the same. */
import type { PerspectiveCamera, Ray } from 'three'
import type { Tick } from './axis.ts'
import type { Numbers, SceneContent } from './contract.ts'
import type { Label, Rectangle, TextMeasure } from './labels.ts'
import type { Style } from './style.ts'

/** The box that holds everything, centred on the origin of the floor. */
export interface Box {
  readonly width: number
  readonly depth: number
  readonly height: number
}

/** A rectangle of the floor, and where lines are drawn across it. */
export interface Floor {
  readonly left: number
  readonly back: number
  readonly width: number
  readonly depth: number
  /** Shares of its width and of its depth, counted from the left and from the back. */
  readonly columns: readonly number[]
  readonly rows: readonly number[]
}

/** Where a scene is drawn: what is left of the panel's plot, in CSS pixels, when its labels have their room. */
export interface View {
  readonly camera: PerspectiveCamera
  readonly area: Rectangle
  readonly width: number
  readonly tall: number
  readonly style: Style
  readonly measure: TextMeasure
}

export type HeightTicks = readonly { readonly tick: Tick; readonly share: number }[]

export interface Figure<Content extends SceneContent = SceneContent> {
  /** Room for labels around the box, in multiples of the type's size. */
  readonly margins: {
    readonly left: number
    readonly top: number
    readonly right: number
    readonly bottom: number
  }
  /** The content is another one than before. */
  update(content: Content): void
  /** Fits itself into a view of this size. Returns the box that then holds it. */
  arrange(view: View): Box
  floors(box: Box, view: View): readonly Floor[]
  /** After the camera has its place. */
  look(box: Box, view: View): void
  labels(box: Box, ticks: HeightTicks, view: View): Label[]
  /** Where the points that are read lie, in pixels of the view's area. */
  readPoints?(
    box: Box,
    camera: PerspectiveCamera,
    area: Rectangle,
  ): { readonly x: Numbers; readonly y: Numbers }
  /** What is under the pointer, and whether another picture is needed to show it. */
  read(ray: Ray | undefined, box: Box): { readonly text?: string; readonly redraw: boolean }
  dispose(): void
}

/** Wide panels show wide figures, within reason. */
export const figureWidth = ({ width, tall }: View, count: number, widest = 1.7) =>
  Math.max(0.5, Math.min(widest, (0.95 * width) / tall / count))
export const figureDepth = 0.95
export const figureHeight = 0.62
