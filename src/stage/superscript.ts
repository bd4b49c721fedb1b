const signs = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A whole number as an exponent: "⁻¹²". */
export const superscript = (exponent: number) =>
  [...String(exponent)].map((sign) => (sign === '-' ? '⁻' : signs[Number(sign)])).join('')
