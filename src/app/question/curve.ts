/** The arithmetic of a sketched curve. */
import type { SketchAxis } from '../../labs/story.ts'

/** Places along x that a sketch has. */
export const sketchPoints = 65
/** A sketch is right within this mean distance, as a share of the axis, ... */
const near = 0.12
/** ... and if its lowest point is no farther than this from the computed one. */
const aside = 0.2

export interface Curve {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

const warp = ({ scale }: SketchAxis, value: number) => (scale === 'log' ? Math.log(value) : value)

/** The place of a value along an axis, 0 to 1 inside it. */
export function placeOf(axis: SketchAxis, value: number): number {
  const [low, high] = axis.domain.map((end) => warp(axis, end))
  return (warp(axis, value) - low) / (high - low)
}

/** The value at a place of an axis. */
export function valueAt(axis: SketchAxis, place: number): number {
  const [low, high] = axis.domain.map((end) => warp(axis, end))
  const warped = low + place * (high - low)
  return axis.scale === 'log' ? Math.exp(warped) : warped
}

/** The curve's height at a place of the x axis, as a place of the y axis; undefined outside of the curve. */
function heightAt(curve: readonly (readonly [number, number])[], place: number): number | undefined {
  const after = curve.findIndex(([x]) => x >= place)
  if (after < 0 || (after === 0 && curve[0][0] > place)) return undefined
  const [x, y] = curve[after]
  if (after === 0 || x === place) return y
  const [before, lower] = curve[after - 1]
  return lower + ((y - lower) * (place - before)) / (x - before)
}

/** Points in places of the axes, ascending in x; equal x are averaged, points that are not finite left out. */
function placed({ x, y }: Curve, xAxis: SketchAxis, yAxis: SketchAxis): (readonly [number, number])[] {
  const groups = new Map<number, number[]>()
  for (let index = 0; index < x.length; index++)
    if (Number.isFinite(y[index])) groups.set(x[index], [...(groups.get(x[index]) ?? []), y[index]])
  return [...groups]
    .sort(([one], [other]) => one - other)
    .map(([at, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const height = Math.max(0, Math.min(1, placeOf(yAxis, Math.max(mean, Number.MIN_VALUE))))
      return [placeOf(xAxis, at), height] as const
    })
}

/** Compares a sketch with the computed curve, at the computed points. */
export function compareCurves(sketch: Curve, truth: Curve, xAxis: SketchAxis, yAxis: SketchAxis) {
  const drawn = placed(sketch, xAxis, yAxis)
  const computed = placed(truth, xAxis, yAxis)
  const distances = computed.flatMap(([x, y]) => {
    const height = heightAt(drawn, x)
    return height === undefined ? [] : [Math.abs(height - y)]
  })
  const distance = distances.reduce((sum, one) => sum + one, 0) / distances.length
  const lowestOf = (curve: readonly (readonly [number, number])[]) =>
    curve.reduce((best, point) => (point[1] < best[1] ? point : best), curve[0])[0]
  const [lowest, trueLowest] = [lowestOf(drawn), lowestOf(computed)]
  return {
    /** Mean distance along y as a share of the axis. */
    distance,
    lowest: valueAt(xAxis, lowest),
    trueLowest: valueAt(xAxis, trueLowest),
    right: distance <= near && Math.abs(lowest - trueLowest) <= aside,
  }
}
