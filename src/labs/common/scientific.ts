import { superscript } from '../../stage/superscript.ts'

/** How the page and the labs' pictures write vast and tiny numbers: "1.585 × 10⁻⁷". */
export function scientificText(value: number): string {
  const [mantissa, exponent] = value.toExponential(3).split('e')
  return `${mantissa.replace('-', '−')} × 10${superscript(Number(exponent))}`
}
