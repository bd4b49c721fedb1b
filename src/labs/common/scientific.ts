import { superscript } from '../../stage/superscript.ts'

/** How the page and the labs' pictures write vast and tiny numbers: "1.585 × 10⁻⁷", or with fewer digits. */
export function scientificText(value: number, digits = 4): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
  return `${mantissa.replace('-', '−')} × 10${superscript(Number(exponent))}`
}
