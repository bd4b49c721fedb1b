/** The text that a run trains on, in the worker. */
import type { LoadProgress } from '../../data/download.ts'
import { keepOwnText, loadStateOfTheUnion, ownText, readText, type Text } from '../../data/text.ts'
import type { TrainingValues } from './parameters.ts'
import type { TextFacts } from './textChoice.ts'

/** The text of a run. Rejects with a DataError, or a RangeError where there is no text of the user's own. */
export async function loadText(
  { text }: Pick<TrainingValues, 'text'>,
  onProgress?: (progress: LoadProgress) => void,
): Promise<Text> {
  if (text === 'stateOfTheUnion') return loadStateOfTheUnion(onProgress)
  const own = ownText()
  if (!own) throw new RangeError('There is no text of your own yet: drop a text file on the page.')
  return own
}

/** Takes the user's own text for the next runs. Throws a RangeError that says why it cannot be used. */
export function takeText(name: string, bytes: Uint8Array): TextFacts {
  const text = readText(name, bytes)
  keepOwnText(text)
  return factsOf(text)
}

const factsOf = ({ name, ids, words }: Text): TextFacts => ({
  name,
  words: ids.length,
  differentWords: words.length,
})

/** Facts of the user's own text; undefined while there is none. */
export function ownTextFacts(): TextFacts | undefined {
  const text = ownText()
  return text && factsOf(text)
}
