/** Numbers as people write them: "−1e−1", "1,500", "12 345", "0,5", "4.2 × 10⁻⁵". Always in base ten. */

const decimal = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|Infinity)$/i
const signs = /[−‐‑‒–—﹣－]/g
const groupSpaces = /(?<=\d)[\s'’](?=\d{3}(?!\d))/g
/** A power of ten, with a factor or with a sign alone: "4.2 × 10⁻⁵", "−10^3". */
const powerOfTen = /^(?:(.+?)\s*[×·⋅*x]\s*|([+-]?))10(?:\s*\^\s*([+-]?\d+)|([⁺⁻]?[⁰¹²³⁴-⁹]+))$/i
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

function withExponent(text: string): string {
  return text.replace(powerOfTen, (_, factor, sign, plain, raised: string | undefined) => {
    const exponent =
      plain ?? [...raised!].map((one) => '+-'['⁺⁻'.indexOf(one)] ?? superscripts.indexOf(one)).join('')
    return `${factor ?? `${sign}1`}e${exponent}`
  })
}

/** The texts with a decimal point that a text may stand for, the likeliest first. */
function readings(text: string): readonly string[] {
  const joined = withExponent(text.trim().replace(signs, '-'))
    .replace(groupSpaces, '')
    .replace(/∞|infinity/i, 'Infinity')
  const [comma, point] = [joined.lastIndexOf(','), joined.lastIndexOf('.')]
  if (comma < 0 && point < 0) return [joined]
  const grouped = /^[+-]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d*)?(?:e[+-]?\d+)?$/i.exec(
    joined,
  )
  const groups = grouped?.[1] ?? ''
  const withoutGroups = grouped && joined.replaceAll(groups, '').replace(',', '.')
  const single = Math.min(comma, point) < 0 && joined.indexOf(',') === comma && joined.indexOf('.') === point
  const withPoint = single ? joined.replace(',', '.') : undefined
  // a comma groups more often than a point does
  const found = groups === ',' ? [withoutGroups, withPoint] : [withPoint, withoutGroups]
  return found.filter((one): one is string => typeof one === 'string')
}

/**
 * The number that a text stands for; undefined if it stands for none. A mark that may be a decimal mark or one between groups
 * is taken as the one that gives a `permitted` number: "1,500" is 1.5 where the most is 100.
 */
export function numberOf(
  text: string,
  permitted: (value: number) => boolean = () => true,
): number | undefined {
  const numbers = readings(text)
    .filter((one) => decimal.test(one))
    .map(Number)
  return numbers.find(permitted) ?? numbers[0]
}

/** The number of a text in a list, where a comma separates; undefined if the text is no number. */
export const listedNumber = (text: string) => (text.includes(',') ? undefined : numberOf(text))
