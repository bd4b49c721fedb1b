/** Domains, ticks and number formats of a chart's axes. Pure: no DOM, no drawing. */
import { format } from 'd3-format'
import { scaleLinear } from 'd3-scale'
import type { Axis } from './contract.ts'
import { superscript } from './superscript.ts'

export type Domain = readonly [number, number]

export interface Tick {
  readonly value: number
  /** Empty for a minor tick: a grid line without a number. */
  readonly text: string
  /** Kept rather than minor ticks when labels would touch. */
  readonly major: boolean
}

/** The label of an axis or of a table's column, with its unit. */
export const axisTitle = ({ label, unit }: Pick<Axis, 'label' | 'unit'>) =>
  unit ? `${label} (${unit})` : label

/** Smallest and largest values seen, and the smallest positive one for logarithmic axes. */
export class Span {
  minimum = Infinity
  maximum = -Infinity
  positive = Infinity

  include(value: number): void {
    if (!Number.isFinite(value)) return
    if (value < this.minimum) this.minimum = value
    if (value > this.maximum) this.maximum = value
    if (value > 0 && value < this.positive) this.positive = value
  }
}

/** Whether double precision cannot tell ticks apart, or the width is so small that its reciprocal overflows. */
function degenerate(low: number, high: number): boolean {
  const width = Math.abs(high - low)
  return !(width > 1e-12 * Math.max(Math.abs(low), Math.abs(high)) && width > 1e-300)
}

function usableEnd({ scale }: Axis, value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && (scale !== 'log' || value > 0)
}

/** Whether both ends of the axis are given, so that the span of the marks does not matter. */
export function hasDomain(axis: Axis): boolean {
  return usableEnd(axis, axis.domain?.[0]) && usableEnd(axis, axis.domain?.[1])
}

/** The interval of an axis: its own domain where that is usable, else the span of the marks. */
export function resolveDomain(axis: Axis, span: Span): Domain {
  const logarithmic = axis.scale === 'log'
  let low = logarithmic ? span.positive : span.minimum
  let high = span.maximum
  if (!usableEnd(axis, low) || !usableEnd(axis, high)) [low, high] = logarithmic ? [1, 10] : [0, 1]
  const [first, second] = axis.domain ?? []
  const spread = high > low
  if (usableEnd(axis, first)) low = first
  else if (spread && axis.domain === undefined && !logarithmic)
    low = scaleLinear([low, high], [0, 1]).nice().domain()[0]
  if (usableEnd(axis, second)) high = second
  else if (spread && axis.domain === undefined && !logarithmic)
    high = scaleLinear([low, high], [0, 1]).nice().domain()[1]
  if (!degenerate(low, high)) return [low, high]
  // there is no room around the extremes of double precision
  if (logarithmic) {
    const middle = Math.max(1e-290, Math.min(1e290, low))
    return [middle / Math.sqrt(10), middle * Math.sqrt(10)]
  }
  const middle = Math.max(-1e300, Math.min(1e300, low))
  const half = Math.max(Math.abs(middle) / 2, 0.5)
  return [middle - half, middle + half]
}

/** Maps values to pixels; not finite where the scale is not defined. */
export type Mapping = (value: number) => number

export function createMapping(scale: Axis['scale'], domain: Domain, range: Domain): Mapping {
  const [r0, r1] = range
  if (scale === 'log') {
    const start = Math.log(domain[0])
    const factor = (r1 - r0) / (Math.log(domain[1]) - start)
    return (value) => (value > 0 ? r0 + (Math.log(value) - start) * factor : Number.NaN)
  }
  // divided before it is multiplied, so that very large domains do not overflow
  const width = domain[1] - domain[0]
  if (Number.isFinite(width)) return (value) => r0 + ((value - domain[0]) / width) * (r1 - r0)
  return (value) => r0 + ((value / 2 - domain[0] / 2) / (domain[1] / 2 - domain[0] / 2)) * (r1 - r0)
}

/** Maps pixels back to values. */
export function createInverse(scale: Axis['scale'], domain: Domain, range: Domain): Mapping {
  const [r0, r1] = range
  const [d0, d1] = scale === 'log' ? [Math.log(domain[0]), Math.log(domain[1])] : domain
  // weighted ends, so that very large domains do not overflow
  const value = (share: number) => d0 * (1 - share) + d1 * share
  if (scale === 'log') return (pixel) => Math.exp(value((pixel - r0) / (r1 - r0)))
  return (pixel) => value((pixel - r0) / (r1 - r0))
}

/** Widens one of two linear domains around its middle, so that a unit is equally long on both axes. */
export function equalUnits(x: Domain, y: Domain, width: number, height: number): { x: Domain; y: Domain } {
  const pixelsPerX = width / Math.abs(x[1] - x[0])
  const pixelsPerY = height / Math.abs(y[1] - y[0])
  const widened = ([first, last]: Domain, factor: number): Domain => {
    const middle = first / 2 + last / 2
    return [middle + (first - middle) * factor, middle + (last - middle) * factor]
  }
  if (pixelsPerX > pixelsPerY) return { x: widened(x, pixelsPerX / pixelsPerY), y }
  return { x, y: widened(y, pixelsPerY / pixelsPerX) }
}

const grouped = format(',')
const minus = (text: string) => text.replace('-', '−')

/** A power of ten times a short factor: 10⁻⁴, 3×10⁵. */
export function formatPower(value: number, digits = 3): string {
  const [factor, exponent] = value.toExponential(Math.max(0, digits - 1)).split('e')
  const short = minus(String(Number(factor)))
  const power = `10${superscript(Number(exponent))}`
  return short === '1' ? power : short === '−1' ? `−${power}` : `${short}×${power}`
}

/** The default text of a hover value: five significant digits, whole numbers in full, ∞ as itself. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return grouped(value)
  if (size >= 1e6 || size < 1e-4) return formatPower(value, 5)
  return format(',.5~r')(value)
}

/** A common number format for all ticks of a linear axis. */
function linearFormat(values: readonly number[]): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs))
  // a single tick at 0 has no neighbour and no size from which the number of digits could follow
  const step = values.length > 1 ? Math.abs(values[1] - values[0]) : largest || 1
  // the letters for thousands and millions are well known; those for larger numbers are not
  if (largest >= 1e9 || (largest > 0 && largest < 1e-3))
    return (value) => (value === 0 ? '0' : formatPower(value))
  const decimals = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)))
  if (largest < 1e5) {
    const plain = format(`,.${decimals}f`)
    return (value) => (Math.abs(value) < step * 1e-9 ? '0' : plain(value))
  }
  const short = format('~s')
  return (value) => short(Math.abs(value) < step * 1e-9 ? 0 : Number(value.toPrecision(6)))
}

function linearTicks(domain: Domain, pixels: number, spacing: number): Tick[] {
  if (degenerate(...domain)) return [{ value: domain[0], text: formatValue(domain[0]), major: true }]
  const values = scaleLinear(domain, [0, 1]).ticks(Math.max(2, Math.floor(pixels / spacing)))
  const text = linearFormat(values)
  return values.map((value) => ({ value, text: text(value), major: true }))
}

function logTicks(domain: Domain, pixels: number, spacing: number): Tick[] {
  const [low, high] = domain[0] < domain[1] ? domain : [domain[1], domain[0]]
  const tolerance = 1e-9
  const first = Math.ceil(Math.log10(low) - tolerance)
  const last = Math.floor(Math.log10(high) + tolerance)
  const decades = Math.log10(high / low)
  // below one decade a linear axis is as readable
  if (decades < 0.8 || last < first)
    return linearTicks([low, high], pixels, spacing).filter((tick) => tick.value > 0)
  const room = pixels / spacing
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, room)))
  const powers = first < -3 || last > 4
  const text = (value: number, exponent: number) =>
    powers && exponent !== 0 ? formatPower(value) : grouped(Number(value.toPrecision(3)))
  const ticks: Tick[] = []
  for (let exponent = first - 1; exponent <= last; exponent++) {
    const labelled = exponent % every === 0
    if (exponent >= first)
      ticks.push({ value: 10 ** exponent, text: labelled ? text(10 ** exponent, exponent) : '', major: true })
    if (every > 1 || pixels / decades < 24) continue
    for (let factor = 2; factor <= 9; factor++) {
      const value = factor * 10 ** exponent
      if (value < low * (1 - tolerance) || value > high * (1 + tolerance)) continue
      const numbered = (factor === 2 || factor === 5) && pixels / decades > 3.2 * spacing
      ticks.push({ value, text: numbered ? text(value, exponent) : '', major: false })
    }
  }
  return ticks
}

/** Ticks inside a domain, for an axis `pixels` long; each label needs `spacing` pixels. */
export function axisTicks(axis: Axis, domain: Domain, pixels: number, spacing: number): Tick[] {
  const low = Math.min(...domain)
  const high = Math.max(...domain)
  if (!(pixels > 0)) return []
  if (axis.ticks) {
    const values = axis.ticks.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
    return values.map((value, index) => ({ value, text: formatValue(value), major: index % 2 === 0 }))
  }
  if (axis.scale === 'log') return logTicks(domain, pixels, spacing)
  return linearTicks([low, high], pixels, spacing)
}

/**
 * Chooses the numbered ticks of a linear axis if not all numbers fit: every second, fifth or tenth, counted from zero,
 * so that they are even and symmetric about it. Returns all ticks if that does not help.
 */
export function evenTicks(
  ticks: readonly Tick[],
  together: (ticks: readonly Tick[]) => boolean,
): readonly Tick[] {
  if (ticks.length < 3) return ticks
  const step = Math.abs(ticks[1].value - ticks[0].value)
  for (const every of [1, 2, 5, 10]) {
    const kept = ticks.filter(({ value }) => Math.abs(Math.round(value / step) % every) === 0)
    if (kept.length >= 2 && together(kept)) return kept
  }
  return ticks
}
