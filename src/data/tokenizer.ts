/**
 * Splits text into words and joins words to text. Words are lower-cased runs of letters and digits. They may contain an
 * apostrophe (nation’s), the points and commas of a number (1,250.5), and the full stops of single letters (u.s.).
 * Every punctuation mark and symbol is a word; all other characters only separate. Typography is unified, so that the
 * same text gives the same words in any style of typing.
 */

const character = '[\\p{L}\\p{M}\\p{N}]'
const initials = '(?:\\p{L}\\.){2,}'
const word = `’?${character}+(?:’${character}+|(?<=\\p{Nd})[.,:](?=\\p{Nd})${character}+)*`
const token = new RegExp(`${initials}|${word}|[\\p{P}\\p{S}]`, 'gu')

/** Matches an opening mark: before it the beginning, a blank, or an opening mark; after it no blank. */
const opening = (mark: string) => new RegExp(`(?<![^\\s\\p{Ps}\\p{Pd}\\p{Pi}])${mark}(?=\\S)`, 'gu')
const openingQuote = opening('"')
const openingSingleQuote = opening("'")

/** Unifies a text: composed form (NFC), lower case, typographic quotes, apostrophes, dashes and ellipses. */
const unified = (text: string) =>
  text
    // invisible characters, such as soft hyphens
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

/** The words of a text in their order. */
export function* tokenize(text: string): Generator<string, void> {
  for (const [word] of unified(text).matchAll(token)) yield word
}

const leansLeft = /^[\p{Pe}\p{Pf}\p{Pd}.,;:!?…%‰°′″/\\@]$/u
const leansRight = /^[\p{Ps}\p{Pi}\p{Pd}/\\@#¿¡]$/u

/** Whether two words have no blank between them. */
function areJoined(left: string, right: string): boolean {
  // joined, these would be a dash or an ellipsis
  if (left === right && (left === '-' || left === '.')) return false
  const isPrice = /^\p{Sc}$/u.test(left) && /^\p{Nd}/u.test(right)
  return isPrice || leansRight.test(left) || leansLeft.test(right)
}

/** Joins words with the usual blanks: none before a full stop, none behind an opening quote. */
export function joinWords(words: readonly string[]): string {
  return words.map((word, i) => (i === 0 || areJoined(words[i - 1], word) ? word : ` ${word}`)).join('')
}
