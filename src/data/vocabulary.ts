/** A text as ids of its words, and the same text with a smaller vocabulary. */

export interface Text {
  readonly name: string
  /** Different words, the most frequent first, equally frequent ones in the order of their characters; id = place. */
  readonly words: readonly string[]
  /** The whole text; an id of words.length is a word that was left out. */
  readonly ids: Uint16Array
  /** [words.length], occurrences. */
  readonly counts: Uint32Array
}

/** Different words that a text keeps, the most frequent ones: as many as ids of 16 bits can tell from one left out. */
export const mostWords = 65_535

/** How often each of `size` ids stands in `ids`; larger ids are not counted. */
export function countIds(ids: ArrayLike<number>, size: number): Uint32Array {
  const counts = new Uint32Array(size)
  for (let i = 0; i < ids.length; i++) if (ids[i] < size) counts[ids[i]]++
  return counts
}

export function textOf(name: string, sequence: Iterable<string>): Text {
  /** By first occurrence, as `found`. */
  const places = new Map<string, number>()
  const occurrences: number[] = []
  const placesInText: number[] = []
  for (const word of sequence) {
    let place = places.get(word)
    if (place === undefined) {
      place = places.size
      places.set(word, place)
      occurrences.push(0)
    }
    occurrences[place]++
    placesInText.push(place)
  }
  const found = [...places.keys()]
  const order = found
    .map((_, place) => place)
    .sort((a, b) => occurrences[b] - occurrences[a] || (found[a] < found[b] ? -1 : 1))
    .slice(0, mostWords)
  const idOf = new Uint16Array(found.length).fill(order.length)
  for (const [id, place] of order.entries()) idOf[place] = id
  const ids = new Uint16Array(placesInText.length)
  for (let i = 0; i < ids.length; i++) ids[i] = idOf[placesInText[i]]
  return {
    name,
    words: order.map((place) => found[place]),
    ids,
    counts: Uint32Array.from(order, (place) => occurrences[place]),
  }
}

/** The last of so many parts of a text is held out for validation. */
export const validationParts = 20

/** Stands for every word outside the vocabulary. */
const unknownWord = '<unk>'

export interface CutText {
  readonly vocabulary: number
  /** Ids 0…vocabulary − 1; vocabulary − 1 is the unknown word. */
  readonly training: Uint32Array
  readonly validation: Uint32Array
  /** −Σ p ln p over the words of the training part, nats: the loss of knowing how frequent each word is. */
  readonly unigramEntropy: number
  word(id: number): string
}

/** Throws a RangeError unless vocabulary is a whole number from 2 to text.words.length + 1. */
export function cutText({ words, ids }: Text, vocabulary: number): CutText {
  if (!Number.isInteger(vocabulary) || vocabulary < 2 || vocabulary > words.length + 1)
    throw new RangeError(
      `cutText: vocabulary must be a whole number from 2 to ${words.length + 1}, not ${vocabulary}.`,
    )
  const unknown = vocabulary - 1
  const cut = new Uint32Array(ids.length)
  for (let i = 0; i < ids.length; i++) cut[i] = Math.min(ids[i], unknown)
  const end = ids.length - Math.floor(ids.length / validationParts)
  const training = cut.subarray(0, end)
  const unigramEntropy = countIds(training, vocabulary).reduce((sum, count) => {
    const probability = count / training.length
    return count === 0 ? sum : sum - probability * Math.log(probability)
  }, 0)
  return {
    vocabulary,
    training,
    validation: cut.subarray(end),
    unigramEntropy,
    word: (id) => (id < unknown ? words[id] : unknownWord),
  }
}
