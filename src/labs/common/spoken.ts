/** Numbers in the descriptions of panels, for whoever hears a picture: three digits, and signs in words. */
const places = 3

/** "0.689", "12,300", "2.06 times 10 to the minus 12", "infinite", "unknown" for NaN. */
export function spoken(value: number): string {
  if (Number.isNaN(value)) return 'unknown'
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : 'minus infinity'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e6)) {
    const rounded = Number(value.toPrecision(places))
    return rounded.toLocaleString('en', { maximumFractionDigits: 6 }).replace('-', '−')
  }
  const [factor, exponent] = value.toExponential(places - 1).split('e')
  return `${Number(factor)} times ${spokenPower(Number(exponent))}`.replace('-', '−')
}

export const spokenPower = (exponent: number) =>
  `10 to the ${exponent < 0 ? 'minus ' : ''}${Math.abs(exponent)}`

export const spokenNats = (value: number) =>
  Number.isFinite(value) ? `${spoken(value)} nats` : spoken(value)

export const spokenPercent = (share: number) => `${spoken(100 * share)} %`

/** "27.7 plus or minus 1.1": a measured number with its standard error. */
export const spokenMeasured = (value: number, error: number) =>
  error > 0 ? `${spoken(value)} plus or minus ${spoken(Number(error.toPrecision(2)))}` : spoken(value)

/** A place as exact as a picture shows it: what is much nearer to 0 than `width` is 0. */
export const spokenPlace = (value: number, width: number) =>
  spoken(Math.abs(value) < 1e-4 * width ? 0 : value)

/** "a, b and c" */
export const listed = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
