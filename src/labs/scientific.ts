const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, digit) => [String(digit), sign])),
}

/** How the page and the labs' pictures write vast and tiny numbers: "1.585 × 10⁻⁷". */
export function scientificText(value: number): string {
  const [mantissa, exponent] = value.toExponential(3).split('e')
  const raised = [...exponent.replace('+', '')].map((sign) => superscripts[sign]).join('')
  return `${mantissa.replace('-', '−')} × 10${raised}`
}
