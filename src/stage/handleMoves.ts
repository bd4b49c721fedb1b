/** The effects of dragging, keys and the wheel on a handle. Pure: no DOM. */
import type { Mapping } from './axis.ts'
import type { Handle, HandleEvent } from './contract.ts'
import type { Point, Rectangle } from './labels.ts'

/** From values to pixels of the plot and back. */
export interface Space {
  readonly plot: Rectangle
  readonly x: Mapping
  readonly y: Mapping
  readonly xOf: Mapping
  readonly yOf: Mapping
}

const within = (value: number, start: number, size: number) => Math.max(start, Math.min(value, start + size))

/** The values at a pixel, or at the nearest pixel of the plot. */
export function placeAt(pixel: Point, { plot, xOf, yOf }: Space): Point {
  return {
    x: xOf(within(pixel.x, plot.left, plot.width)),
    y: yOf(within(pixel.y, plot.top, plot.height)),
  }
}

/**
 * The pixel of a handle at a place. A picture older than the place may not reach so far: on an axis that drags do not
 * change, the handle then stays visible at the plot's edge.
 */
export function pixelOf({ moves }: Handle, place: Point, { plot, x, y }: Space): Point {
  const [left, top] = [x(place.x), y(place.y)]
  return {
    x: moves === 'y' ? within(left, plot.left, plot.width) : left,
    y: moves === 'x' ? within(top, plot.top, plot.height) : top,
  }
}

/** The place of a handle that is moved: only coordinates that it may change are changed. */
export function moved({ moves, x, y }: Handle, to: Point): Point {
  return { x: moves === 'y' ? x : to.x, y: moves === 'x' ? y : to.y }
}

/** Steps of a key, across and upward. */
const strides: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowUp: [0, 1],
  PageDown: [-10, 0],
  PageUp: [10, 0],
}

/** Factor of Shift with one arrow key. */
const widening = 1.1

/**
 * The effect of a key on the focused handle; undefined for other keys. A handle that moves along one axis moves along
 * it with all arrow keys, as a slider does.
 */
export function keyEvent(handle: Handle, key: string, shift: boolean): HandleEvent | undefined {
  const { id, moves, step, x, y } = handle
  if (key === 'Delete' || key === 'Backspace') return { kind: 'remove', id }
  const stride = strides[key]
  if (!stride) return undefined
  const [across, upward] = stride
  if (shift && key.startsWith('Arrow')) {
    const factor = across + upward > 0 ? widening : 1 / widening
    return { kind: 'widen', id, factor, continued: false }
  }
  const by = moves === 'both' ? { x: across, y: upward } : { x: across + upward, y: across + upward }
  const to = moved(handle, { x: x + by.x * step, y: y + by.y * step })
  return { kind: 'move', id, ...to, dragging: false }
}

/** Pixels of a wheel's line and page, as in browsers. */
const wheelUnits = [1, 40, 800]

/** The factor of a turn of the wheel: 100 pixels (a usual notch) away from the user widen by an eighth. */
export function wheelFactor(delta: number, unit: number): number {
  const pixels = delta * (wheelUnits[unit] ?? 1)
  return 1.125 ** (-Math.max(-300, Math.min(300, pixels)) / 100)
}
