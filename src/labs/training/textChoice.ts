/** Which text a run trains on, and what page and worker must know of it before it is there. */
import { largestFile, stateOfTheUnion, tooLarge, windowWords } from '../../data/textFacts.ts'
import { validationParts } from '../../data/vocabulary.ts'
import { count } from '../common/count.ts'
import type { LabFile } from '../lab.ts'
import { raceBegin } from './race.ts'

export interface TextFacts {
  readonly name: string
  /** Words and marks of the whole text. */
  readonly words: number
  /** Different ones. */
  readonly differentWords: number
}

let own: TextFacts | undefined

/** What the user's own text is like from now on, in the page and in the worker each. */
export function noteOwnText(facts: TextFacts): void {
  own = facts
}

/** Undefined until a file was read. */
export const ownTextFacts = (): TextFacts | undefined => own

/** Of the chosen text; of the State of the Union addresses while there is no text of the user's own. */
export function textFacts({ text }: { readonly text?: unknown }): TextFacts {
  return text === 'own' && own ? own : stateOfTheUnion
}

/** Words and marks of a text that are held out for validation. */
export const heldOutWords = ({ words }: TextFacts) => Math.floor(words / validationParts)

/** The longest context of which a window fits into what is held out. */
export const longestContext = (facts: TextFacts) => heldOutWords(facts) - windowWords(0)

/** A dropped text becomes the one to train on. */
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
