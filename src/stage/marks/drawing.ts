/** Definitions for the drawing of all kinds of marks. */
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

/** Pixels of the picture per CSS pixel. They differ a little if the picture's place has no whole pixels. */
export interface Density {
  readonly x: number
  readonly y: number
}

export interface Layers {
  /** Clipped at the plot's edges. */
  readonly fills: Scene
  /** Reaches a few pixels beyond the plot, so that a dot on an axis is whole. */
  readonly lines: Scene
  /** Whether WebGL runs on the CPU. False while a picture is saved as curves. */
  software: boolean
  /** Present number of pixels of the picture per CSS pixel, along x and y. */
  readonly density: () => Density
}

export interface MarkDrawing<M extends Mark = Mark> {
  draw(mark: M, frame: Frame, order: number): void
  dispose(): void
}

/** Distance beyond the plot, in CSS pixels, within which `lines` are visible. */
export const reachOfLines = (style: Style): number => style.dot * 2

/** Lengths of dash and gap for a line of this width. */
export const dashOf = (width: number): [number, number] => [3 + 2 * width, 2 + 1.6 * width]
