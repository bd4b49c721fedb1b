/** The text of the training lab: the State of the Union addresses, or the user’s own text. Knows no DOM. */
import { count, counted } from '../count.ts'
import { Download, type LoadProgress, loadAll } from './download.ts'
import { readPackedText, textSignature } from './packedText.ts'
import { largestFile, shortestContext, stateOfTheUnion, tooLarge, windowWords } from './textFacts.ts'
import { tokenize } from './tokenizer.ts'
import { type Text, textOf, validationParts } from './vocabulary.ts'

export { joinWords } from './tokenizer.ts'
export { type CutText, cutText, type Text } from './vocabulary.ts'

const addresses = import.meta.glob<string>('./generated/state-of-the-union.bin', {
  query: '?url',
  import: 'default',
  eager: true,
})

let download: Download<Text> | undefined

/** Loads the addresses. Shared by all callers: read it only, and never transfer it. Rejects with a DataError. */
export async function loadStateOfTheUnion(onProgress?: (progress: LoadProgress) => void): Promise<Text> {
  download ??= new Download(
    {
      source: stateOfTheUnion.name,
      name: 'state-of-the-union.bin',
      address: addresses['./generated/state-of-the-union.bin'],
      signature: textSignature,
      bytes: stateOfTheUnion.bytes,
      sha256: stateOfTheUnion.sha256,
    },
    (bytes) => readPackedText(stateOfTheUnion.name, bytes),
  )
  const [text] = await loadAll([download], onProgress)
  return text
}

/** Fewest words and marks of the user’s own text: its validation part must hold a window of the shortest context. */
export const fewestWords = validationParts * windowWords(shortestContext)
/** Fewest different words: with the unknown word they make the smallest vocabulary. */
const fewestDifferentWords = 49
/** Largest share of control characters in a text. */
const mostControlCharacters = 0.1

/** The encoding that the first bytes of a text announce, if it is another one than UTF-8. */
function markedEncoding(bytes: Uint8Array): string | undefined {
  const begins = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte)
  // the mark of UTF-32 begins as that of UTF-16 does
  if (begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff)) return 'UTF-32'
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) return 'UTF-16'
  return undefined
}

/** Reads the user’s text. Throws a RangeError: its message is `name`, the fault, and the permitted range. */
export function readText(name: string, bytes: Uint8Array): Text {
  const refusal = (told: string, options?: ErrorOptions) => new RangeError(`${name} ${told}`, options)
  if (bytes.length === 0) throw refusal('is empty. A plain text in UTF-8 is needed.')
  if (bytes.length > largestFile) throw refusal(tooLarge(bytes.length))
  const encoding = markedEncoding(bytes)
  if (encoding) throw refusal(`is a text in ${encoding}. It must be saved as UTF-8.`)
  const zero = bytes.indexOf(0)
  if (zero >= 0) throw refusal(`is no text: its byte ${zero} is 0. A plain text in UTF-8 is needed.`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw refusal('is not encoded in UTF-8. A plain text in UTF-8 is needed.', { cause })
  }
  const controls = (text.match(/(?!\s)\p{Cc}/gu)?.length ?? 0) / text.length
  if (controls > mostControlCharacters)
    throw refusal(
      `is no text: ${Math.round(100 * controls)} % of its characters are control characters. Up to ${100 * mostControlCharacters} % are permitted.`,
    )
  const read = textOf(name, tokenize(text))
  if (read.ids.length < fewestWords)
    throw refusal(
      `has ${counted(read.ids.length, 'word or punctuation mark', 'words and punctuation marks')}. At least ${count(fewestWords)} are needed. A ${validationParts}th of them is held out, and the shortest context, ${shortestContext} words, must fit into that.`,
    )
  if (read.words.length < fewestDifferentWords)
    throw refusal(
      `has ${counted(read.words.length, 'different word')}. At least ${fewestDifferentWords} are needed.`,
    )
  return read
}

let own: Text | undefined

/** Sets the text that `ownText` returns. */
export function keepOwnText(text: Text): void {
  own = text
}

/** The user’s own text; undefined until there is one. */
export const ownText = (): Text | undefined => own
