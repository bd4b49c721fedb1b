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

export interface Layers {
  /** Cut off at the plot's edges. */
  readonly fills: Scene
  /** Reaches a few pixels beyond, so that a dot on an axis is whole. */
  readonly lines: Scene
}

export interface MarkDrawing<M extends Mark = Mark> {
  draw(mark: M, frame: Frame, order: number): void
  dispose(): void
}

/** Dots and dashes as long as the line is wide. */
export const dashOf = (width: number): [number, number] => [3 + 2 * width, 2 + 1.6 * width]
