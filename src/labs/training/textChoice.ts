/** The choice of the text to train on, and the facts that page and worker need before the text is loaded. */
import { largestFile, stateOfTheUnion, tooLarge, windowWords } from '../../data/textFacts.ts'
import { validationParts } from '../../data/vocabulary.ts'
import { count } from '../common/count.ts'
import type { LabFile } from '../lab.ts'
import { raceBegin } from './race.ts'

export interface TextFacts {
  readonly name: string
  /** Number of words and marks in the whole text. */
  readonly words: number
  /** Number of different words and marks. */
  readonly differentWords: number
}

let own: TextFacts | undefined

/** Sets the facts of the user's own text from now on. The page and the worker each call it. */
export function noteOwnText(facts: TextFacts): void {
  own = facts
}

/** Undefined until a file was read. */
export const ownTextFacts = (): TextFacts | undefined => own

/** Facts of the chosen text; those of the State of the Union addresses while there is no text of the user's own. */
export function textFacts({ text }: { readonly text?: unknown }): TextFacts {
  return text === 'own' && own ? own : stateOfTheUnion
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
    noteOwnText((await provide(file.name, bytes)) as TextFacts)
    // another text is another race, even where no value differs
    return { text: 'own', raceGuess: raceBegin }
  },
  told: ({ vocab, context }) => {
    const { words, differentWords } = textFacts({ text: 'own' })
    return `${count(words)} words, ${count(differentWords)} different ones; the vocabulary is ${count(Number(vocab))}, the context ${context}`
  },
}
