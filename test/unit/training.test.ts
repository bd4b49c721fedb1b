/** The training lab's parts that need no backend: parameters, layout, windows, bins, words that are drawn, the race. */
import { describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { cutText } from '../../src/data/text.ts'
import { stateOfTheUnion } from '../../src/data/textFacts.ts'
import { tokenize } from '../../src/data/tokenizer.ts'
import { textOf } from '../../src/data/vocabulary.ts'
import { initLab } from '../../src/labs/init/index.ts'
import { largestSize } from '../../src/labs/training/calibration.ts'
import { promptOf, sample } from '../../src/labs/training/continuation.ts'
import { earlyContent, lossContent, repeatContent } from '../../src/labs/training/curvesView.ts'
import type { TrainingFrame } from '../../src/labs/training/frame.ts'
import { trainingLab } from '../../src/labs/training/index.ts'
import { textContent } from '../../src/labs/training/insideView.ts'
import { layoutOf, linearsOf, operationsOf, stepOperations } from '../../src/labs/training/layout.ts'
import { embeddingStds, type TrainingValues, typed } from '../../src/labs/training/parameters.ts'
import { Race } from '../../src/labs/training/race.ts'
import { binMeans, rankBins } from '../../src/labs/training/ranks.ts'
import { type TextFacts, textFacts, textFile } from '../../src/labs/training/textChoice.ts'
import { Trainer } from '../../src/labs/training/trainer.ts'
import { spreadWindows, trainingWindows, windowsAt } from '../../src/labs/training/windows.ts'
import { defaults, validateChange, validateOpening } from '../../src/labs/validation.ts'

const opened = (patch = {}, file?: TextFacts) => {
  const given = validateOpening(trainingLab, patch, {}, file)
  return typed(defaults(trainingLab.parameters, given, file))
}
const values = opened()

describe('the training lab’s parameters', () => {
  it('have ranges and defaults of their own', () => {
    expect([values.dModel, values.vocab]).toEqual([128, 4096])
    const refused = (patch: object) => () => opened(patch)
    expect(refused({ dModel: 48 })).toThrow(
      'dModel = 48 is not permitted: dModel is a whole number from 64 to 512.',
    )
    expect(refused({ vocab: 30000 })).toThrow(/28,279 different words.*from 50 to 28,280/)
    expect(opened({ vocab: stateOfTheUnion.differentWords + 1 }).vocab).toBe(28280)
    // only the first loss has wider models, and it has no text with too few words
    expect(validateOpening(initLab, { dModel: 48, vocab: 30000 })).toMatchObject({ dModel: 48, vocab: 30000 })
  })

  it('refuse a width that the heads cannot share, and name the nearest ones', () => {
    expect(() => opened({ dModel: 100, heads: 8 })).toThrow(/The nearest widths are 96 and 104/)
    expect(opened({ dModel: 100, heads: 4 }).dModel).toBe(100)
    // an MLP has no heads
    expect(opened({ dModel: 100, heads: 8, architecture: 'mlp' }).dModel).toBe(100)
  })

  it('are refused by a backend that is too small for them, with the code that the page acts on', () => {
    const small = { maximumTensorBytes: 1000 } as Backend
    expect(() => new Trainer(small, values, { training: new Uint32Array(9) }, [1, 0.02])).toThrow(
      expect.objectContaining({ name: 'RangeError', code: 'tooLarge' }),
    )
  })

  it('take a text of the user’s own once there is one, and no more words than it has', async () => {
    expect(() => opened({ text: 'own' })).toThrow(/Drop a text file on the page/)
    const file = new File(['never read here'], 'mine.txt')
    const facts = { name: 'mine.txt', words: 5000, differentWords: 700 }
    const given: unknown[] = []
    const read = await textFile.read(file, async (name, bytes) => {
      given.push(name, bytes.length)
      return facts
    })
    expect(given).toEqual(['mine.txt', 15])
    expect(read.facts).toEqual(facts)
    const changed = validateChange(trainingLab, read.patch, { ...values }, facts)
    expect(changed).toMatchObject({ text: 'own', vocab: 701 })
    expect(textFile.told?.({ ...values, ...changed }, facts)).toBe(
      '5,000 words, 700 different ones; the vocabulary is 701, the context 64',
    )
    // the other lab and back, as the story goes
    const kept = { text: 'own', learningRate: 0.01 }
    for (const id of Object.keys(kept)) expect(initLab.goesOn?.keeps).toContain(id)
    expect(validateOpening(initLab, {}, kept)).toEqual({})
    expect(validateOpening(trainingLab, {}, kept, facts)).toMatchObject(kept)
    expect(() => opened({ text: 'own', vocab: 800 }, facts)).toThrow(/700 different words/)
    expect(opened({ text: 'own', vocab: 800 }, { ...facts, differentWords: 20_000 }).vocab).toBe(800)
  })

  it('refuse a context that what is held out of the text has no room for, and take the nearest one along', () => {
    const short = { name: 'short.txt', words: 819, differentWords: 300 }
    // 40 of its words, the word before and the word after
    const changed = validateChange(trainingLab, { text: 'own' }, { ...values }, short)
    expect(changed).toMatchObject({ context: 38, vocab: 301 })
    expect(() => opened({ text: 'own', context: 39 }, short)).toThrow(
      /context = 39 is not permitted: the held-out part .* has 40 words.* from 16 to 38/,
    )
    expect(opened({ text: 'own', context: 38 }, short).context).toBe(38)
    expect(opened({ text: 'own' }, short).context).toBe(38)
    const unhurried = { fixed: 2, operationsPerMillisecond: 5e9 }
    expect(largestSize(unhurried, opened({ text: 'own' }, short), {}, short)).toMatchObject({
      context: 38,
      vocab: 301,
    })
    // the text must have 20 words for each word of the shortest window
    const shortest = { ...short, words: 360 }
    expect(opened({ text: 'own' }, shortest).context).toBe(16)
    expect(opened({ context: 128 }, shortest).context).toBe(128)
  })

  it('refuse a file that is too large before it is read', async () => {
    const large = { name: 'large.txt', size: 25_000_000 } as File
    await expect(textFile.read(large, async () => undefined)).rejects.toThrow(/25.0 MB. Up to 20 MB/)
    const larger = { name: 'larger.txt', size: 20_000_001 } as File
    await expect(textFile.read(larger, async () => undefined)).rejects.toThrow(
      'larger.txt has 20,000,001 bytes. Up to 20,000,000 are permitted.',
    )
  })

  it('give each model its embedding’s std', () => {
    expect(embeddingStds(values)).toEqual([1, 128 ** -0.5])
    expect(embeddingStds({ ...values, scheme1: 'gpt2', scheme2: 'custom', std: 0.3 })).toEqual([0.02, 0.3])
  })
})

describe('the layout of a model’s row', () => {
  it.each([
    ['preNorm', 2],
    ['postNorm', 1],
    ['mlp', 3],
  ] as const)('has every matrix of %s once, at a multiple of four', (architecture, layers) => {
    const [d, vocab, context] = [6, 51, 7]
    const layout = layoutOf({ ...values, architecture, layers, dModel: d, heads: 2, vocab, context })
    const linears = layout.parts.flatMap(linearsOf)
    const matrices = [
      layout.embedding,
      layout.positions,
      ...linears.flatMap(({ weights, biases }) => [weights, biases]),
    ]
    let end = 0
    for (const matrix of matrices) {
      if (!matrix) continue
      expect(matrix.offset % 4).toBe(0)
      expect(matrix.offset).toBeGreaterThanOrEqual(end)
      expect(matrix.offset - end).toBeLessThan(4)
      end = matrix.offset + matrix.rows * matrix.columns
    }
    expect(Math.ceil(end / 4) * 4).toBe(layout.parameters)
    // Radford et al. 2019: 12 d² and 13 d a layer, without the gains and biases of its norms
    const transformer = layers * (12 * d ** 2 + 9 * d) + (vocab + context) * d
    const pairs = vocab * d + 12 * d ** 2 + 5 * d
    const entries = matrices.reduce((sum, matrix) => sum + (matrix ? matrix.rows * matrix.columns : 0), 0)
    expect(entries).toBe(architecture === 'mlp' ? pairs : transformer)
  })

  it('counts the operations of a step', () => {
    const layout = layoutOf({ ...values, dModel: 64, vocab: 1000, context: 16, layers: 2 })
    // multiplications and additions of 12 d² weights and of half the scores and values, for each of 32 words
    const forward = 2 * 32 * (2 * (12 * 64 ** 2 + 17 * 64))
    expect(operationsOf(layout, 32)).toBe(forward)
    expect(stepOperations(layout, 32)).toBe(3 * forward + 4 * 2 * 32 * 64 * 1000)
  })
})

describe('windows of a text', () => {
  const ids = Uint32Array.from({ length: 40 }, (_, i) => 100 + i)

  it('are the context, and the words that follow', () => {
    const { inputs, labels, present } = windowsAt(ids, [0, 10], { context: 3, inputWords: 1 })
    expect([...inputs]).toEqual([101, 102, 103, 111, 112, 113])
    expect([...labels]).toEqual([102, 103, 104, 112, 113, 114])
    expect(present).toEqual(inputs)
  })

  it('have the word before each for a model of two words', () => {
    const { inputs, labels, present } = windowsAt(ids, [10], { context: 2, inputWords: 2 })
    expect([...inputs]).toEqual([110, 111, 111, 112])
    expect([...labels]).toEqual([112, 113])
    expect([...present]).toEqual([111, 112])
  })

  it('are drawn by seed and step, up to the text’s last word', () => {
    const layout = layoutOf({ ...values, context: 16 })
    const draw = (seed: number, step: number) => trainingWindows(ids, layout, { seed, batchSize: 64 }, step)
    expect(draw(1, 5)).toEqual(draw(1, 5))
    expect(draw(1, 6)).not.toEqual(draw(1, 5))
    expect(draw(2, 5)).not.toEqual(draw(1, 5))
    const all = Array.from({ length: 20 }, (_, step) => [...draw(1, step).labels]).flat()
    expect([Math.min(...all), Math.max(...all)]).toEqual([102, 139])
  })

  it('lie evenly in what is held out', () => {
    const { labels } = spreadWindows(ids, layoutOf({ ...values, context: 16 }), 4)
    expect([0, 1, 2, 3].map((window) => labels[16 * window])).toEqual([104, 110, 115, 121])
  })
})

describe('bins of words by rank', () => {
  it.each([2, 49, 700, 28_279])('hold each of %d words once, none of them empty', (words) => {
    const { edges, ranks } = rankBins(words)
    expect([edges[0], edges.at(-1)]).toEqual([0, words])
    expect(edges.every((edge, bin) => bin === 0 || edge > edges[bin - 1])).toBe(true)
    expect(ranks[0]).toBe(1)
    expect(ranks.every((rank, bin) => rank >= edges[bin] + 1 && rank <= edges[bin + 1])).toBe(true)
    expect(ranks.length).toBeLessThanOrEqual(60)
  })

  it('average what lies in them', () => {
    const bins = rankBins(700)
    const means = binMeans(
      bins,
      Float32Array.from({ length: 700 }, (_, word) => word + 1),
    )
    expect(means.every((mean, bin) => mean === (bins.edges[bin] + 1 + bins.edges[bin + 1]) / 2)).toBe(true)
  })
})

describe('words that are drawn', () => {
  it('come as often as the softmax says', () => {
    const logits = Float32Array.from([0, Math.log(2), Number.NEGATIVE_INFINITY, Math.log(5)])
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 800; i++) counts[sample(logits, (i + 0.5) / 800)]++
    expect(counts).toEqual([100, 200, 0, 500])
    expect([sample(logits, 0), sample(logits, 1 - 2 ** -32)]).toEqual([0, 3])
    expect(
      sample(
        logits.map((logit) => 1e4 + logit),
        0.99,
      ),
    ).toBe(3)
  })

  it('follow the first sentence of held-out text that the vocabulary has', () => {
    const filler = Array.from({ length: 40 }, (_, i) => `w${i}.`).join(' ')
    const held = 'strange begin. here stands one rare gem among words. so we all go on from here together.'
    const common = 'so we all go on from here together. '.repeat(30)
    const text = textOf('made up', tokenize(`${common}${filler} `.repeat(12) + held))
    const cut = cutText(text, 40)
    const prompt = [...promptOf(cut)].map((id) => cut.word(id))
    expect(prompt).toHaveLength(6)
    expect(prompt.join(' ')).toBe('so we all go on from')
    // a text without such a sentence: the first words of the held-out text
    const few = cutText(text, 3)
    expect(promptOf(few)).toEqual(few.validation.slice(0, 6))
  })
})

describe('the race', () => {
  /** Neither model has stopped. */
  const going = [-1, -1]

  it('ends where the slower model is first no worse than the other was after 20 steps', () => {
    const race = new Race()
    const losses = (step: number) => [50 / (1 + step / 5), 6 + 2 / (1 + step)]
    expect(race.end(100, going)).toBe(Number.POSITIVE_INFINITY)
    for (let step = 0; step <= 60; step += step < 20 ? 1 : 10) race.note(step, losses(step))
    const goal = losses(20)[1]
    expect(race.frame).toEqual({ slower: 0, goal, guess: Number.NaN, reachedAt: 40 })
    expect(race.end(100, going)).toBe(40)
    expect(losses(30)[0]).toBeGreaterThan(goal)
  })

  it('is not run by a model that has stopped', () => {
    const race = new Race()
    for (const step of [19, 20, 30]) race.note(step, [Number.NaN, 6])
    expect([race.frame.slower, race.end(100, [19, -1])]).toEqual([undefined, Number.POSITIVE_INFINITY])
    expect(race.waits(20)).toBe(false)
  })

  it('waits at its beginning for a guess', () => {
    const race = new Race()
    expect(values.raceGuess).toBe(20)
    const ends = [values.raceGuess, 21].map((guess) => race.end(guess, going))
    expect(ends).toEqual([20, Number.POSITIVE_INFINITY])
    expect(race.waits(20)).toBe(false)
    race.note(20, [40, 6])
    expect([race.waits(20), race.waits(21)]).toEqual([true, false])
  })

  it('goes on with the first guess, whatever is guessed later', () => {
    const race = new Race()
    race.note(20, [40, 6])
    for (const guess of [20, 62, 447]) race.goOn(guess)
    expect(race.frame.guess).toBe(62)
    // the race does not wait again after the guess was removed
    expect([race.waits(20), race.end(20, going)]).toEqual([false, Number.POSITIVE_INFINITY])
  })

  it('ends where the slower model stops', () => {
    const race = new Race()
    race.note(20, [40, 6])
    expect([race.end(100, [57, -1]), race.end(100, [-1, 57])]).toEqual([57, Number.POSITIVE_INFINITY])
  })

  it('puts the guess back when it is switched, so that the next one waits again', () => {
    const guessed = { ...values, race: true, raceGuess: 300 }
    expect(validateChange(trainingLab, { race: false }, guessed)).toEqual({ race: false, raceGuess: 20 })
    expect(validateChange(trainingLab, { race: true, raceGuess: 50 }, { ...values })).toEqual({
      race: true,
      raceGuess: 50,
    })
    // a link that names both
    expect(opened({ race: true, raceGuess: 300 }).raceGuess).toBe(300)
    expect(validateChange(trainingLab, { race: true }, guessed)).toEqual({ race: true })
  })

  it('is told of by a step that a guess does not lead away from, and that asks anew when it is entered', () => {
    const { patch } = trainingLab.story.find(({ title }) => title === 'The race') ?? { patch: {} }
    expect(patch).not.toHaveProperty('raceGuess')
    const before = { ...values, raceGuess: 300 }
    expect(validateChange(trainingLab, patch, before)).toMatchObject({ race: true, raceGuess: 20 })
  })

  it('asks for another guess where another race begins, and only there', () => {
    const guessed = { ...values, race: true, raceGuess: 300 }
    for (const other of [{ seed: 7 }, { scheme1: 'gpt2' }, { dModel: 64 }])
      expect(validateChange(trainingLab, other, guessed)).toEqual({ ...other, raceGuess: 20 })
    expect(validateChange(trainingLab, { seed: 7, raceGuess: 50 }, guessed)).toEqual({
      seed: 7,
      raceGuess: 50,
    })
    // the same race goes on
    for (const same of [{ learningRate: 0.01 }, { raceGuess: 40 }, { seed: values.seed }])
      expect(validateChange(trainingLab, same, guessed)).toEqual(same)
  })
})

describe('the panels', () => {
  it('say what they wait for while the text is on its way', () => {
    const data: TrainingFrame = {
      loading: { share: 0.5, bytes: 2e6 },
      models: undefined,
      measuredSteps: new Float32Array(),
      measuredStep: -1,
      landscapeRows: 0,
      landscapeBins: 0,
      ranks: new Float32Array(),
      prompt: '',
      race: new Race().frame,
      text: { name: 'mine', words: 5000, vocabulary: 700 },
    }
    const metrics = { step: 0, lnVocab: Math.log(values.vocab) }
    const frame = { step: 0, ready: false, progress: 0, values: { ...values }, metrics, data }
    const shown = { frame, names: true }
    for (const { description, empty } of [
      lossContent(shown, { logarithmic: true }),
      earlyContent(shown, false),
      repeatContent(shown),
      textContent(shown),
    ]) {
      expect(empty).toBe('Loading the text: 50 %')
      expect(description).not.toBe('')
    }
  })
})

describe('the default size', () => {
  const sizeAt = (operationsPerMillisecond: number, given: Partial<TrainingValues> = {}, own?: TextFacts) =>
    largestSize({ fixed: 2, operationsPerMillisecond }, { ...values, ...given }, given, textFacts(given, own))

  it('is as large as leaves ten steps a second, with what is measured and written beside them', () => {
    // speeds of a GPU, of two threads with SIMD, and of a software adapter
    expect(sizeAt(5e9)).toMatchObject({ dModel: 512, vocab: 16384 })
    expect(sizeAt(1.1e8)).toMatchObject({ dModel: 128, vocab: 4096, batchSize: 8, context: 64 })
    expect(sizeAt(1e6)).toMatchObject({ dModel: 64, vocab: 200, batchSize: 1, context: 16 })
    // the time of the steps alone would permit more
    const { batchSize, context } = values
    const steps = 2 * stepOperations(layoutOf(values), batchSize * context)
    expect(sizeAt(steps / 58).vocab).toBe(2048)
  })

  it('makes up for layers and leaves room for what is given', () => {
    expect(sizeAt(1.1e8, { layers: 4 }).vocab).toBeLessThan(4096)
    expect(sizeAt(1.1e8, { batchSize: 32 })).toMatchObject({ dModel: 64, vocab: 2048 })
    // a named width counts, even if it is the table's default
    expect(sizeAt(5e7)).toMatchObject({ dModel: 64, vocab: 2048 })
    expect(sizeAt(5e7, { dModel: 128 }).vocab).toBeLessThan(2048)
  })

  it('has no more words than the text', () => {
    const own = { name: 'mine.txt', words: 5000, differentWords: 700 }
    expect(sizeAt(8e7, { text: 'own' }, own).vocab).toBe(701)
  })
})
