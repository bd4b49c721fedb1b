/** What the marks of a chart have in common while they are drawn. */
import type { Scene } from 'three'
import type { Mapping } from '../axis.ts'
import type { Mark } from '../contract.ts'
import type { Rectangle } from '../labels.ts'
import type { Style } from '../style.ts'

export type MarkOf<Kind extends Mark['kind']> = Extract<Mark, { kind: Kind }>

export interface Frame {
  readonly x: Mapping
  readonly y: Mapping
  /** The rectangle between the axes, in CSS pixels of the panel's plot. */
  readonly plot: Rectangle
  readonly style: Style
}

/** A panel's picture has whole pixels, its place in the page need not: so the two may differ a little. */
export interface Density {
  readonly x: number
  readonly y: number
}

export interface Layers {
  /** Cut off at the plot's edges. */
  readonly fills: Scene
  /** Reaches a few pixels beyond, so that a dot on an axis is whole. */
  readonly lines: Scene
  /** WebGL is computed by the processor. */
  readonly software: boolean
  /** Pixels of the picture in one of the page, along x and y, now. */
  readonly density: () => Density
}

export interface MarkDrawing<M extends Mark = Mark> {
  draw(mark: M, frame: Frame, order: number): void
  dispose(): void
}

/** How far beyond the plot, in CSS pixels, `lines` are seen. */
export const reachOfLines = (style: Style): number => style.dot * 2

/** Dots and dashes as long as the line is wide. */
export const dashOf = (width: number): [number, number] => [3 + 2 * width, 2 + 1.6 * width]
