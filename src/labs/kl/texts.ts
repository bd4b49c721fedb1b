/** How the KL lab writes names and numbers, in its pictures and as parameters. */
import { scientificText } from '../common/scientific.ts'
import { fiveDigits, withoutDigits } from '../common/texts.ts'

/** Names of the two KLs. */
export const klNames = { forward: 'KL(P‖Q)', reverse: 'KL(Q‖P)' } as const

/** The same for the ear. */
export const klWords = { forward: 'forward KL', reverse: 'reverse KL' } as const

/** "2.9843", "4.420 × 10⁻⁹", "∞", "–" for NaN. */
function digits(value: number): string {
  const size = Math.abs(value)
  const vast = size >= 1e9 || (size > 0 && size < 1e-6)
  return withoutDigits(value) ?? (vast ? scientificText(value) : fiveDigits(value))
}

/** Five digits; rounding errors near 0 become 0. */
export const five = (value: number) => digits(Math.abs(value) < 1e-12 ? 0 : value)

/** Four digits, for tables on a phone. */
export const four = (value: number) => five(Number(value.toPrecision(4)))

/** The mean, rounded to a ten-thousandth of the width: a picture shows no more. */
export function meanText(mu: number, sigma: number): string {
  const unit = 10 ** Math.floor(Math.log10(sigma) - 3)
  const rounded = Math.round(mu / unit) * unit
  return five(Number.isFinite(rounded) ? rounded : mu)
}

/** "μ = 2.984, σ = 1.0234", which may break only between the two. */
export function placed(mu: number, sigma: number): string {
  const whole = (text: string) => text.replaceAll(' ', '\u00a0')
  return `${whole(`μ = ${meanText(mu, sigma)}`)}, ${whole(`σ = ${digits(sigma)}`)}`
}

export const nats = (value: number) => `${five(value)} nats`

/** A mean to start from: six digits; rounding errors near 0 become 0. */
export const startMean = (mean: number, sigma: number) =>
  Math.abs(mean) < 1e-7 * sigma ? 0 : Number(mean.toPrecision(6))

export const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))
