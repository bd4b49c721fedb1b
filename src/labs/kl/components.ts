/** Mixtures as text: `weight,mean,sd;…` on the line, `weight,x,y,sdX,sdY,correlation;…` in the plane. */

import type { MixtureComponent, PlaneComponent } from '../../compute/backend.ts'
import { counted } from '../../count.ts'
import { listedNumber } from '../numberText.ts'

interface Field {
  readonly name: string
  readonly minimum: number
  readonly maximum: number
}

const lineFields: readonly Field[] = [
  { name: 'weight', minimum: 0, maximum: 1e6 },
  { name: 'mean', minimum: -100, maximum: 100 },
  { name: 'sd', minimum: 1e-3, maximum: 100 },
]

const planeFields: readonly Field[] = [
  { name: 'weight', minimum: 0, maximum: 1e6 },
  { name: 'x', minimum: -20, maximum: 20 },
  { name: 'y', minimum: -20, maximum: 20 },
  { name: 'sdX', minimum: 0.05, maximum: 20 },
  { name: 'sdY', minimum: 0.05, maximum: 20 },
  { name: 'correlation', minimum: -0.99, maximum: 0.99 },
]

export const mostComponents = 6

const rows = (text: string) =>
  text
    .split(';')
    .map((row) => row.trim())
    .filter((row, index, all) => row !== '' || (index === 0 && all.length === 1))
    .map((row) => row.split(',').map((part) => part.trim()))

function fieldsFault(text: string, fields: readonly Field[]): string | undefined {
  const parts = rows(text)
  if (parts.length > mostComponents) return `${parts.length} components are too many`
  for (const [index, row] of parts.entries()) {
    const place = `component ${index + 1}`
    if (row.length !== fields.length)
      return `${place} has ${counted(row.length, 'number')}, not ${fields.length}`
    for (const [column, { name, minimum, maximum }] of fields.entries()) {
      const value = listedNumber(row[column])
      if (value === undefined) return `${name} ${row[column] || '(nothing)'} of ${place} is no number`
      if (value < minimum || value > maximum)
        return `${name} ${row[column]} of ${place} is not within ${minimum} to ${maximum}`
    }
  }
  if (!(parts.reduce((sum, row) => sum + listedNumber(row[0])!, 0) > 0)) return 'the total weight is zero'
  return undefined
}

export const componentsFault = (text: string) => fieldsFault(text, lineFields)
export const planeComponentsFault = (text: string) => fieldsFault(text, planeFields)

/** Components with a smaller share of the mass are left out: float64 holds its inverse, times any ratio of two sds. */
const leastShare = 1e-300

/** Weights normalised. Components with no weight, or a negligible one, are left out. */
function normalised(text: string): number[][] {
  const numbers = rows(text).map((row) => row.map((part) => listedNumber(part)!))
  const total = numbers.reduce((sum, [weight]) => sum + weight, 0)
  return numbers
    .map(([weight, ...rest]) => [weight / total, ...rest])
    .filter(([weight]) => weight > leastShare)
}

/** Reads a validated text; the weights are normalised. */
export function parseComponents(text: string): MixtureComponent[] {
  return normalised(text).map(([weight, mean, sd]) => ({ weight, mean, sd }))
}

/** Reads a validated text; the weights are normalised. */
export function parsePlaneComponents(text: string): PlaneComponent[] {
  return normalised(text).map(([weight, x, y, sdX, sdY, correlation]) => ({
    weight,
    mean: [x, y],
    covariance: [sdX ** 2, correlation * sdX * sdY, sdY ** 2],
  }))
}

/** Six significant digits: the format in which a drag on the plot sets the parameter. */
const written = (rows: readonly (readonly number[])[]) =>
  rows.map((row) => row.map((value) => String(Number(value.toPrecision(6)))).join(',')).join(';')

export function formatComponents(components: readonly MixtureComponent[]): string {
  return written(components.map(({ weight, mean, sd }) => [weight, mean, sd]))
}

export function formatPlaneComponents(components: readonly PlaneComponent[]): string {
  return written(
    components.map(({ weight, mean, covariance: [xx, xy, yy] }) => [
      weight,
      ...mean,
      Math.sqrt(xx),
      Math.sqrt(yy),
      xy / Math.sqrt(xx * yy),
    ]),
  )
}
