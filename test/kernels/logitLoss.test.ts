import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend, LogitLossResult } from '../../src/compute/backend.ts'
import { createWebGpuBackend, lossTiles, nameOf } from '../../src/compute/webgpu/index.ts'
import { once } from './manyModels.ts'
import { type LogitLossReference, logitLossReference } from './reference.ts'
import { casesOf, fractions, variants, wholeNumbers } from './variants.ts'

interface Case {
  readonly name: string
  readonly tokens: number
  readonly dModel: number
  /** Columns of the table: those beyond dModel hold numbers that must not count. */
  readonly columns: number
  readonly words: number
  readonly scales: readonly number[]
  /** Entries of hidden and table are whole numbers up to this, or fractions below 1. */
  readonly entries: number | 'fractions'
}

const cases: Case[] = [
  { name: 'one of everything', tokens: 1, dModel: 1, columns: 1, words: 1, scales: [1], entries: 3 },
  { name: 'one word', tokens: 9, dModel: 3, columns: 4, words: 1, scales: [0.5, 2], entries: 3 },
  { name: 'one token', tokens: 1, dModel: 6, columns: 9, words: 777, scales: [0.3], entries: 3 },
  { name: 'odd sizes', tokens: 5, dModel: 7, columns: 7, words: 259, scales: [0.1, 0.7], entries: 3 },
  { name: 'vectors', tokens: 8, dModel: 16, columns: 16, words: 256, scales: [0.25], entries: 2 },
  { name: 'a wider table', tokens: 65, dModel: 18, columns: 24, words: 130, scales: [0.05, 1], entries: 3 },
  { name: 'many tokens', tokens: 256, dModel: 12, columns: 12, words: 70, scales: [0.2], entries: 3 },
  { name: 'logits to 1e4', tokens: 11, dModel: 20, columns: 20, words: 515, scales: [80, 0.01], entries: 4 },
  {
    name: 'the default width',
    tokens: 13,
    dModel: 512,
    columns: 512,
    words: 140,
    scales: [1, 0.044],
    entries: 3,
  },
  { name: 'the largest width', tokens: 7, dModel: 4096, columns: 4096, words: 5, scales: [0.2], entries: 3 },
  {
    name: 'fractions',
    tokens: 64,
    dModel: 96,
    columns: 96,
    words: 500,
    scales: [1, 3],
    entries: 'fractions',
  },
]

const manySlices = [30, 200].map((words): Case => ({ ...cases[3], name: 'many slices', words }))

const histogramRange = 20.5
const histogramBins = 41
const landscapeBins = 13

/** The inputs of a case, with words before and after those that are seen. */
function inputsOf({ tokens, dModel, columns, words, entries }: Case) {
  const draw = (length: number, seed: number) =>
    entries === 'fractions' ? fractions(length, seed) : wholeNumbers(length, entries, seed)
  const firstWord = 5
  const vocabulary = firstWord + words + 3
  const hidden = draw(tokens * dModel, 1)
  const table = draw(words * columns, 2)
  table.forEach((_, i) => {
    if (i % columns >= dModel) table[i] = 1000 + (i % 7)
  })
  // every fourth target and every third input lie outside of the words that are seen
  const word = (i: number, outside: boolean, factor: number) =>
    outside ? (i % 2 === 0 ? i % firstWord : vocabulary - 1) : firstWord + ((i * factor) % words)
  const targets = Uint32Array.from({ length: tokens }, (_, i) => word(i, i % 4 === 3, 29))
  const inputs = Uint32Array.from({ length: tokens }, (_, i) => word(i, i % 3 === 2, 53))
  return { hidden, table, targets, inputs, firstWord, vocabulary }
}

const referenceOf = once(
  (given: Case): LogitLossReference =>
    logitLossReference({ ...given, ...inputsOf(given), histogramRange, histogramBins, landscapeBins }),
)

/** Runs the words as slices that begin and end at `cuts`, in the order of `order`. */
async function run(backend: Backend, given: Case, cuts: number[], order: (count: number) => number[]) {
  const { tokens, dModel, columns, words, scales } = given
  const { hidden, table, targets, inputs, firstWord, vocabulary } = inputsOf(given)
  const tensors = {
    hidden: backend.upload(hidden, [tokens, dModel]),
    targets: backend.upload(targets, [tokens]),
    inputs: backend.upload(inputs, [tokens]),
  }
  const state = backend.createLogitLossState(tokens, scales.length, histogramBins, landscapeBins)
  const edges = [...new Set([0, ...cuts.filter((cut) => cut < words), words])]
  for (const i of order(edges.length - 1)) {
    const [start, end] = [edges[i], edges[i + 1]]
    // one row more than there are words, which must be ignored
    const rows = new Float32Array((end - start + 1) * columns).fill(1e6)
    rows.set(table.subarray(start * columns, end * columns))
    const slice = backend.upload(rows, [end - start + 1, columns])
    backend.logitLoss({
      ...tensors,
      table: slice,
      words: end - start,
      firstWord: firstWord + start,
      scales,
      vocabulary,
      histogramRange,
      state,
    })
    slice.dispose()
  }
  const result = await backend.readLogitLoss(state)
  state.dispose()
  for (const tensor of Object.values(tensors)) tensor.dispose()
  return result
}

/** Largest |actual − expected| / allowed, where NaN only equals NaN. */
function worst(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: (i: number) => number,
): number {
  expect(actual.length).toBe(expected.length)
  let most = 0
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(expected[i]) && Number.isNaN(actual[i])) continue
    const error = Math.abs(actual[i] - expected[i])
    most = Math.max(most, error === 0 ? 0 : Number.isNaN(error) ? Infinity : error / allowed(i))
  }
  return most
}

/**
 * Whole numbers make every raw logit exact, so the histogram, the landscape and the found logits must be exact
 * and sums hold to the promised 1e-5. With fractions a raw logit is off by at most `slack`, the bound for a
 * dot product of float32 (Higham, section 3.1), which shifts l − m by twice scale · slack.
 */
function compare(given: Case, actual: LogitLossResult, expected: LogitLossReference): void {
  const { tokens, dModel, words, scales } = given
  const { logits } = expected
  const slack = given.entries === 'fractions' ? (dModel + 1) * 2 ** -24 * (dModel / 2) : 0
  const raw = (i: number, values: ArrayLike<number>) => slack + Math.abs(values[i]) * 2 ** -24
  for (const field of ['maximum', 'targetLogit', 'ownLogit', 'landscape'] as const)
    expect(
      worst(actual[field], expected[field], (i) => raw(i, expected[field])),
      field,
    ).toBeLessThanOrEqual(1)
  // terms below the smallest normal float32, e^-87, may count as zeros
  const underflow = words * 87 * Math.exp(-87)
  for (const field of ['sumExp', 'sumShiftedExp', 'sumSquaredExp'] as const)
    expect(
      worst(actual[field], expected[field], (i) => {
        const shift = 2 * scales[Math.floor(i / tokens)] * slack
        // Σ (l − m) e^(l − m) also changes by the shift of its factor, and Σ e^2(l − m) shifts twice
        const error = { sumExp: shift, sumShiftedExp: shift, sumSquaredExp: 2 * shift }[field]
        const moved = field === 'sumShiftedExp' ? shift * expected.sumExp[i] : 0
        return Math.abs(expected[field][i]) * (1e-5 + error) + moved + underflow
      }),
      field,
    ).toBeLessThanOrEqual(1)
  const ofToken = (term: (u: number) => number) => (token: number) =>
    logits.subarray(token * words, (token + 1) * words).reduce((sum, u) => sum + term(u), 0)
  const absolute = ofToken(Math.abs)
  const squares = ofToken((u) => u * u)
  expect(worst(actual.sum, expected.sum, (i) => 1e-5 * absolute(i) + words * slack)).toBeLessThanOrEqual(1)
  expect(
    worst(actual.sumOfSquares, expected.sumOfSquares, (i) => 1e-5 * squares(i) + 2 * absolute(i) * slack),
  ).toBeLessThanOrEqual(1)

  // a logit may lie in the bin beside only when it is within the slack of the edge between them
  const width = (2 * histogramRange) / histogramBins
  const nearEdge = (edge: number) => logits.filter((u) => Math.abs(u - edge) <= slack).length
  actual.histogram.forEach((count, bin) => {
    const edge = -histogramRange + (bin - 1) * width
    const doubtful = slack === 0 ? 0 : nearEdge(edge) + nearEdge(edge + width)
    expect(Math.abs(count - expected.histogram[bin]), `bin ${bin}`).toBeLessThanOrEqual(doubtful)
  })
  expect(actual.histogram.reduce((sum, count) => sum + count, 0)).toBe(tokens * words)
}

const forward = (count: number) => Array.from({ length: count }, (_, i) => i)
const backward = (count: number) => forward(count).reverse()
/** Every third slice first. */
const mixed = (count: number) => forward(count).sort((a, b) => (a % 3) - (b % 3) || a - b)

const allVariants: typeof variants = [
  ...variants,
  ...lossTiles.map((lanes) => ({
    name: `webgpu, ${nameOf({ variant: 'workgroup', lanes })}`,
    brief: casesOf([false], [true])[0],
    create: () => createWebGpuBackend(navigator.gpu, { variant: 'workgroup', lanes }),
  })),
]

describe.each(allVariants)('logitLoss on $name', ({ name: variant, brief, create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  describe.each(brief ? cases.slice(5, 6) : cases)('$name', (given) => {
    const expected = referenceOf(given)
    const slicings = [
      { slices: 'one slice', cuts: [], order: forward },
      { slices: 'slices in a mixed order', cuts: [3, 4, 9, 50, 67, 100, 200, 201, 333, 400], order: mixed },
      { slices: 'slices from the last to the first', cuts: [1, 64, 65, 192, 256], order: backward },
    ]
    // a mixed order goes back too
    const waiting = variant === 'webgpu, workgroup' ? casesOf(slicings, slicings.slice(0, 2)) : slicings
    it.each(brief ? slicings.slice(1, 2) : waiting)('$slices', async ({ cuts, order }) => {
      compare(given, await run(backend, given, cuts, order), expected)
    })
  })

  if (brief) return

  it('gives the same bits again', async () => {
    const given = cases.at(-1)!
    expect(await run(backend, given, [100], forward)).toEqual(await run(backend, given, [100], forward))
  })

  it.each(variant === 'webgpu, workgroup' ? casesOf(manySlices, manySlices.slice(0, 1)) : manySlices)(
    'adds $words slices without losing digits',
    async (given) => {
      const cuts = Array.from({ length: given.words }, (_, i) => i)
      compare(given, await run(backend, given, cuts, mixed), referenceOf(given))
    },
  )

  it('says that nothing was seen yet', async () => {
    const state = backend.createLogitLossState(3, 2, 4, 5)
    const result = await backend.readLogitLoss(state)
    expect([...result.maximum]).toEqual([0, 0, 0].map(() => Math.fround(-3e38)))
    expect([...result.sumExp, ...result.sumOfSquares, ...result.histogram].every((x) => x === 0)).toBe(true)
    expect([...result.targetLogit, ...result.ownLogit].every(Number.isNaN)).toBe(true)
    expect([...result.landscape].every((x) => x === Math.fround(-3e38))).toBe(true)
    state.dispose()
  })

  it('refuses arguments that do not fit', () => {
    const state = backend.createLogitLossState(2, 1, 4, 4)
    const hidden = backend.createTensor([2, 8])
    const table = backend.createTensor([10, 8])
    const list = backend.createTensor([2], 'uint32')
    const good = { hidden, table, words: 10, firstWord: 0, targets: list, inputs: list, scales: [1] }
    const rest = { vocabulary: 10, histogramRange: 1, state }
    const wrong = (patch: object) => () => backend.logitLoss({ ...good, ...rest, ...patch })
    expect(wrong({})).not.toThrow()
    for (const [patch, message] of [
      [{ words: 11 }, /words.*10.*11/],
      [{ words: 0 }, /words/],
      [{ firstWord: 1 }, /vocabulary of 10/],
      [{ scales: [1, 2] }, /scales/],
      [{ scales: [0] }, /scale/],
      [{ histogramRange: Number.NaN }, /histogramRange/],
      [{ table: backend.createTensor([10, 7]) }, /table \[10, 7\].*hidden \[2, 8\]/],
      [{ hidden: backend.createTensor([3, 8]) }, /hidden \[3, 8\]/],
      [{ targets: backend.createTensor([3], 'uint32') }, /targets.*\[3\].*\[2\]/],
      [{ inputs: backend.createTensor([2]) }, /inputs.*uint32/],
    ] as const) {
      expect(wrong(patch)).toThrow(RangeError)
      expect(wrong(patch)).toThrow(message)
    }
    // the first slice was scaled by 1
    expect(wrong({ scales: [2] })).toThrow(/logitLoss: scales \[2\] differ .*\[1\]/)
    expect(wrong({})).not.toThrow()
    expect(wrong({ vocabulary: 2 ** 31 })).toThrow(/landscapeBins/)
    state.dispose()
    expect(wrong({})).toThrow(/disposed/)
  })
})

it('gives the same bits with every tile of the variant `workgroup`', async () => {
  const given = { ...cases.at(-1)!, tokens: 70 }
  const results: LogitLossResult[] = []
  for (const lanes of [undefined, ...lossTiles]) {
    const backend = await createWebGpuBackend(navigator.gpu, { variant: 'workgroup', lanes })
    results.push(await run(backend, given, [300], forward))
    // it was this tile, and no other
    const kernels = Object.keys(backend.compileTimes()).filter((name) => name.startsWith('logitLoss.'))
    expect(kernels).toEqual([`logitLoss.workgroupTile${lanes ? `.${lanes[1]}` : ''}`])
    backend.dispose()
  }
  for (const result of results.slice(1)) expect(result).toEqual(results[0])
})
