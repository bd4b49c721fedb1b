/** The choice of the text to train on, and the facts that ranges and sizes need before the text is loaded. */

import { count } from '../../count.ts'
import { largestFile, stateOfTheUnion, tooLarge, windowWords } from '../../data/textFacts.ts'
import { validationParts } from '../../data/vocabulary.ts'
import type { LabFile } from '../lab.ts'
import type { FileFacts } from '../parameter.ts'
import { raceBegin } from './race.ts'

export type TextFacts = {
  readonly name: string
  /** Number of words and marks in the whole text. */
  readonly words: number
  /** Number of different words and marks. */
  readonly differentWords: number
}

/** Facts of the chosen text; those of the State of the Union addresses while there is no text of the user's own. */
export function textFacts({ text }: { readonly text?: unknown }, own: FileFacts | undefined): TextFacts {
  return text === 'own' && own ? (own as TextFacts) : stateOfTheUnion
}

/** Words and marks of a text that are held out for validation. */
export const heldOutWords = ({ words }: TextFacts) => Math.floor(words / validationParts)

/** The longest context whose window fits into the held-out text. */
export const longestContext = (facts: TextFacts) => heldOutWords(facts) - windowWords(0)

/** The file that a user may drop: its text becomes the text to train on. */
export const textFile: LabFile = {
  lab: 'training',
  label: 'Open a text of your own…',
  accept: '.txt,.md,text/plain',
  async read(file, provide) {
    if (file.size > largestFile) throw new RangeError(`${file.name} ${tooLarge(file.size)}`)
    const bytes = new Uint8Array(await file.arrayBuffer())
    const facts = (await provide(file.name, bytes)) as TextFacts
    // another text is another race, even where no value differs
    return { facts, patch: { text: 'own', raceGuess: raceBegin } }
  },
  told: ({ vocab, context }, facts) => {
    const { words, differentWords } = facts as TextFacts
    return `${count(words)} words, ${count(differentWords)} different ones; the vocabulary is ${count(Number(vocab))}, the context ${context}`
  },
}
