/**
 * Text into words and back. Words are lower-cased runs of letters and digits, with what stands inside them: an
 * apostrophe (nation’s), the points and commas of a number (1,250.5), the full stops of single letters (u.s.). Every
 * punctuation mark and symbol is a word of its own; all other characters only separate. So much typography is
 * unified that the same text has the same words, whoever typed it.
 */

const character = '[\\p{L}\\p{M}\\p{N}]'
const initials = '(?:\\p{L}\\.){2,}'
const word = `’?${character}+(?:’${character}+|(?<=\\p{Nd})[.,:](?=\\p{Nd})${character}+)*`
const token = new RegExp(`${initials}|${word}|[\\p{P}\\p{S}]`, 'gu')

/** Before what is at the mark: the beginning, a blank, or what opens. After it: no blank. */
const opening = (mark: string) => new RegExp(`(?<![^\\s\\p{Ps}\\p{Pd}\\p{Pi}])${mark}(?=\\S)`, 'gu')
const openingQuote = opening('"')
const openingSingleQuote = opening("'")

/** In composed form (NFC), lower case, with typographic quotes, apostrophes, dashes and ellipses. */
const unified = (text: string) =>
  text
    // soft hyphens and the like are not seen
    .replace(/\p{Cf}+/gu, '')
    .replace(/\p{C}+/gu, ' ')
    .toLowerCase()
    .normalize('NFC')
    .replace(openingQuote, '“')
    .replaceAll('"', '”')
    .replace(openingSingleQuote, '‘')
    .replaceAll("'", '’')
    .replaceAll('\u2011', '-')
    .replace(/-{2,}|(?<=\s)-(?=\s)/g, '—')
    .replace(/\.{3,}/g, '…')

/** The words of a text, one after another. */
export function* tokenize(text: string): Generator<string, void> {
  for (const [word] of unified(text).matchAll(token)) yield word
}

const leansLeft = /^[\p{Pe}\p{Pf}\p{Pd}.,;:!?…%‰°′″/\\@]$/u
const leansRight = /^[\p{Ps}\p{Pi}\p{Pd}/\\@#¿¡]$/u

/** Whether nothing stands between two words. */
function areJoined(left: string, right: string): boolean {
  // together these would be a dash or an ellipsis
  if (left === right && (left === '-' || left === '.')) return false
  const isPrice = /^\p{Sc}$/u.test(left) && /^\p{Nd}/u.test(right)
  return isPrice || leansRight.test(left) || leansLeft.test(right)
}

/** Words with the blanks that a reader expects: none before a full stop, none behind an opening quote. */
export function joinWords(words: readonly string[]): string {
  return words.map((word, i) => (i === 0 || areJoined(words[i - 1], word) ? word : ` ${word}`)).join('')
}
