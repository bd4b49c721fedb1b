/** The form of numbers on the page. Infinity and NaN are values and are shown as such. */
import { format } from 'd3-format'
import { scientificText } from '../labs/common/scientific.ts'
import type { MetricValue } from '../labs/experiment.ts'

const grouped = format(',d')
/** Significant digits of a number in a table, and of one that is read aloud. */
export const tableDigits = 5
export const spokenDigits = 3

const significant = {
  [tableDigits]: format(`,.${tableDigits}r`),
  [spokenDigits]: format(`,.${spokenDigits}r`),
}
export type Digits = keyof typeof significant

/** "117.41", "50,257", "4.420 × 10⁻⁵", "∞", "–" for NaN. Read aloud: "117", "50,257", "4.42 × 10⁻⁵". */
export function formatNumber(value: number, digits: Digits = tableDigits): string {
  if (Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return grouped(value)
  if (size >= 1e-3 && size < 1e6) return significant[digits](value)
  return scientificText(value, Math.min(digits, 4))
}

export function formatMetric(value: MetricValue | undefined, digits: Digits = tableDigits): string {
  if (value === undefined) return '–'
  if (typeof value === 'number') return formatNumber(value, digits)
  if (typeof value === 'string') return value
  return value.map((one) => formatMetric(one, digits)).join(', ')
}

/** "0.84 ms", "12.3 ms", "1.52 s". */
export function formatMilliseconds(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '–'
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toPrecision(3)} s`
  return milliseconds >= 100 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toPrecision(3)} ms`
}

/** "4.10 MFLOP" from floating-point operations. */
export function formatWork(operations: number): string {
  return formatRate(operations / 1e6).replace('/s', '')
}

/** "3.21 GFLOP/s" from 1e6 floating-point operations a second. */
export function formatRate(megaflopsPerSecond: number): string {
  if (!Number.isFinite(megaflopsPerSecond) || megaflopsPerSecond <= 0) return '–'
  if (megaflopsPerSecond >= 1e6) return `${(megaflopsPerSecond / 1e6).toPrecision(3)} TFLOP/s`
  if (megaflopsPerSecond >= 1e3) return `${(megaflopsPerSecond / 1e3).toPrecision(3)} GFLOP/s`
  return `${megaflopsPerSecond.toPrecision(3)} MFLOP/s`
}

/** A value in an input field: digits that can be typed back, at most six significant ones. */
export function formatField(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}

// made once: making it takes longer than formatting many numbers
const decimal = new Intl.NumberFormat('en', { useGrouping: false, maximumSignificantDigits: 15 })

/** "0.00000001": without an exponent, as attributes for assistive technology need it. */
export const formatDecimal = (value: number): string => decimal.format(value)
