/** How the labs' pictures and messages write numbers. */
import { format } from 'd3-format'
import { asKnown } from '../../stage/known.ts'
import { scientificText } from './scientific.ts'

/** "–" for NaN, "∞" and "−∞"; undefined for all other numbers. */
export function withoutDigits(value: number): string | undefined {
  if (Number.isNaN(value)) return '–'
  if (Number.isFinite(value)) return undefined
  return value > 0 ? '∞' : '−∞'
}

/** "2.9843", "0.03", "1e−7": without groups, and powers of ten as the language writes them. */
export const fiveDigits = (value: number) => String(Number(value.toPrecision(5))).replaceAll('-', '−')

const significant = format(',.5~r')

/** Five digits, "50,257"; vast and tiny numbers as in captions: "1.585 × 10⁻⁷". */
export function five(value: number): string {
  const size = Math.abs(value)
  const vast = size >= 1e6 || (size > 0 && size < 1e-3)
  return withoutDigits(value) ?? (vast ? scientificText(value) : significant(value))
}

/** A measured number with its standard error: the error has two digits, and the number ends at the same place. */
export function measuredText(value: number, error: number): string {
  if (!(Number.isFinite(value) && error > 0)) return five(value)
  const write = asKnown(error) ?? five
  return `${write(value)} ± ${write(error)}`
}
/** A number in a note or at a rule, which must not flicker while it changes. */
export const brief = (value: number) =>
  withoutDigits(value) ?? (Math.abs(value) < 1 ? value.toPrecision(2) : value.toFixed(2))
export const nats = (value: number) => `${five(value)} nats`
