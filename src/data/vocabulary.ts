/** A text as the ids of its words, and the same text with a smaller vocabulary. */

export interface Text {
  readonly name: string
  /** Different words, the most frequent first, equally frequent ones in the order of their characters; id = index. */
  readonly words: readonly string[]
  /** The whole text. The id words.length stands for every word that was left out. */
  readonly ids: Uint16Array
  /** [words.length]: number of occurrences. */
  readonly counts: Uint32Array
}

/** Largest number of kept words, the most frequent ones: ids have 16 bits, and one id is for words left out. */
export const mostWords = 65_535

/** Number of occurrences in `ids` of each id below `size`. */
export function countIds(ids: ArrayLike<number>, size: number): Uint32Array {
  const counts = new Uint32Array(size)
  for (let i = 0; i < ids.length; i++) if (ids[i] < size) counts[ids[i]]++
  return counts
}

export function textOf(name: string, sequence: Iterable<string>): Text {
  /** Place of each word in the order of first occurrence, as in `found`. */
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

/** Number of equal parts of a text; the last part is for validation. */
export const validationParts = 20

/** The word in place of all words outside the vocabulary. */
const unknownWord = '<unk>'

export interface CutText {
  readonly vocabulary: number
  /** Ids 0…vocabulary − 1; vocabulary − 1 is the unknown word. */
  readonly training: Uint32Array
  readonly validation: Uint32Array
  /** −Σ p ln p over the words of the training part, nats: the loss of a model that knows only word frequencies. */
  readonly unigramEntropy: number
  word(id: number): string
}

/** Reduces the vocabulary. Throws a RangeError unless it is a whole number from 2 to text.words.length + 1. */
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
