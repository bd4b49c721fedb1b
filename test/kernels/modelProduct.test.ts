import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import type { ModelProductArguments } from '../../src/compute/operations/modelProduct.ts'
import { createWebGpuBackend, nameOf, productTiles } from '../../src/compute/webgpu/index.ts'
import { dispose, laid, matricesOf, networkVariants, unwritten } from './manyModels.ts'
import { modelProductReference, type ProductReference } from './modelProductReference.ts'
import { largestDifference } from './reference.ts'
import { casesOf, fractions, wholeNumbers } from './variants.ts'

type Size = readonly [number, number, number]

/** rows, inner, columns: size 1, odd sizes, no multiple of any tile, whole tiles, more than is multiplied at once. */
const sizes: Size[] = [
  [1, 1, 1],
  [3, 5, 7],
  [7, 1, 9],
  [16, 16, 10],
  [64, 16, 64],
  [67, 33, 5],
  [65, 36, 70],
  [5, 801, 9],
  [530, 3, 260],
]

/** The same of one model: just below and above the edge of a tile, and whole tiles. */
const sizesOfOne: Size[] = [
  [65, 36, 68],
  [1, 5, 1],
  [1, 300, 2],
  [8, 16, 8],
  [9, 17, 12],
  [16, 4, 100],
  [63, 33, 65],
  [67, 129, 3],
  [64, 64, 128],
  [100, 31, 130],
]

/**
 * Typical size of the entries of left and right. WGSL may take subnormal floats (below 1.2e-38) for zeros, so
 * the small products stay far enough above them.
 */
const magnitudes = [
  [1, 1],
  [1e18, 1e18],
  [1e-15, 1e-15],
  [1e20, 1e-20],
]

/** Into how many dispatches a product is cut is the same for all sizes: one that is not, one in both directions, a tall one. */
const cutSizes: Size[] = [sizes[0], sizes[6], sizes[8]]

/** One more is but more of the same where a product is large. */
const modelsOf = ([rows]: Size) => (rows > 500 ? 2 : 3)

const transpositions = [
  { transposeLeft: false, transposeRight: false },
  { transposeLeft: true, transposeRight: false },
  { transposeLeft: false, transposeRight: true },
  { transposeLeft: true, transposeRight: true },
]

interface Place {
  readonly offset?: number
  readonly gap?: number
}

interface Case {
  readonly models: number
  readonly size: Size
  readonly transposeLeft?: boolean
  readonly transposeRight?: boolean
  readonly bias?: boolean
  readonly relu?: boolean
  readonly gate?: boolean
  readonly accumulate?: boolean
  /** Matrices that there are of each; default: one a model. */
  readonly leftPeriod?: number
  readonly rightPeriod?: number
  readonly biasPeriod?: number
  readonly gatePeriod?: number
  /** Where in larger tensors output, left, right, bias and gate lie. */
  readonly places?: readonly Place[]
  readonly values?: (length: number, seed: number) => Float32Array
}

const digits = (length: number, seed: number) => wholeNumbers(length, 100, seed)

const references = new Map<string, Float64Array[]>()
/** What `make` gives for this case: computed once for all backends, which takes longer than their products. */
function referencesOf(test: Case, make: () => Float64Array[]): Float64Array[] {
  const key = JSON.stringify({ ...test, values: test.values?.name })
  const known = references.get(key) ?? make()
  references.set(key, known)
  return known
}

/** The variant that WebGPU takes by itself begins with a tile of its own on SwiftShader. */
const allVariants: typeof networkVariants = [
  ...networkVariants,
  { name: 'webgpu, as it chooses', create: () => createWebGpuBackend(navigator.gpu) },
  ...productTiles.map((lanes) => ({
    name: `webgpu, ${nameOf({ variant: 'workgroup', lanes })}`,
    brief: casesOf([false], [true])[0],
    create: () => createWebGpuBackend(navigator.gpu, { variant: 'workgroup', lanes }),
  })),
]

describe.each(allVariants)('modelProduct on $name', ({ name, brief, create }) => {
  const tried = name.includes('cut') ? cutSizes : sizes
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  /** The result of every model, what each should be, and that nothing else was written. */
  async function run(test: Case) {
    const { models, size, transposeLeft, transposeRight, relu, accumulate } = test
    const { places = [], values = digits } = test
    const [rows, inner, columns] = size
    const several = (count: number | undefined, length: number, seed: number) =>
      Array.from({ length: count ?? models }, (_, i) => values(length, 1000 * seed + i))
    const left = several(test.leftPeriod, rows * inner, 1)
    const right = several(test.rightPeriod, inner * columns, 2)
    const bias = test.bias ? several(test.biasPeriod, columns, 3) : undefined
    const gate = test.gate ? several(test.gatePeriod, rows * columns, 4) : undefined
    const before = accumulate ? several(undefined, rows * columns, 5) : undefined
    const layout = { rows, columns, ...places[0] }
    const output = before
      ? { ...laid(backend, before, layout), period: undefined }
      : unwritten(backend, models, layout)
    const place = (matrices: Float32Array[], shape: readonly [number, number], index: number) =>
      laid(backend, matrices, { rows: shape[0], columns: shape[1], ...places[index] })
    const given: ModelProductArguments = {
      ...{ models, output, transposeLeft, transposeRight, relu, accumulate },
      left: place(left, transposeLeft ? [inner, rows] : [rows, inner], 1),
      right: place(right, transposeRight ? [columns, inner] : [inner, columns], 2),
      bias: bias && place(bias, [1, columns], 3),
      gate: gate && place(gate, [rows, columns], 4),
    }
    backend.modelProduct(given)
    // fails where anything around and between the matrices has changed
    const actual = await matricesOf(backend, output)
    dispose(given.output, given.left, given.right, given.bias, given.gate)
    const parts = (model: number): ProductReference => ({
      ...{ left: left[model % left.length], right: right[model % right.length] },
      ...{ size, transposeLeft, transposeRight, relu },
      bias: bias?.[model % bias.length],
      gate: gate?.[model % gate.length],
      before: before?.[model],
    })
    const expected = referencesOf(test, () => actual.map((_, model) => modelProductReference(parts(model))))
    return { actual, expected, parts }
  }

  /** On whole numbers every sum stays below 2^24, so float32 holds it exactly in any order of summation. */
  async function exact(test: Case) {
    const { actual, expected } = await run(test)
    for (const [model, result] of actual.entries()) expect(largestDifference(result, expected[model])).toBe(0)
  }

  // of a larger tile, too, one in both directions
  it.each(brief ? [cutSizes[1], [130, 20, 131] as Size] : tried)(
    'is exact on whole numbers, transposed or not: [%d, %d] · [%d]',
    async (...size) => {
      for (const transposition of transpositions)
        await exact({ models: modelsOf(size), size, ...transposition })
    },
  )

  it.each(brief ? sizesOfOne.slice(0, 1) : sizesOfOne)(
    'is exact on whole numbers of one model: [%d, %d] · [%d]',
    async (...size) => {
      await exact({ models: 1, size })
    },
  )

  if (brief) return

  it.each(magnitudes)('keeps its digits on entries near %d and %d', async (leftSize, rightSize) => {
    const [rows, inner, columns] = [37, 83, 45]
    const left = fractions(rows * inner, 3).map((value) => value * leftSize)
    const right = fractions(inner * columns, 4).map((value) => value * rightSize)
    const output = { tensor: backend.createTensor([rows, columns]), rows, columns }
    const factors = {
      left: { tensor: backend.upload(left, [rows, inner]), rows, columns: inner },
      right: { tensor: backend.upload(right, [inner, columns]), rows: inner, columns },
    }
    backend.modelProduct({ models: 1, output, ...factors })
    const actual = (await backend.read(output.tensor)) as Float32Array
    const size = [rows, inner, columns] as const
    const expected = modelProductReference({ left, right, size })
    const absolute = modelProductReference({ left: left.map(Math.abs), right: right.map(Math.abs), size })
    // as many products and sums as `inner`, each rounded by at most 2^-24 (Higham, section 3.1)
    const worst = actual.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - expected[i]) / absolute[i]),
      0,
    )
    expect(worst).toBeLessThanOrEqual((inner + 1) * 2 ** -24)
    dispose(output, factors.left, factors.right)
  })

  it('replaces what the output held, and may be repeated', async () => {
    const left = { tensor: backend.upload(wholeNumbers(9 * 6, 9, 5), [9, 6]), rows: 9, columns: 6 }
    const right = { tensor: backend.upload(wholeNumbers(6 * 11, 9, 6), [6, 11]), rows: 6, columns: 11 }
    const held = backend.upload(new Float32Array(99).fill(Number.NaN), [9, 11])
    const output = { tensor: held, rows: 9, columns: 11 }
    backend.modelProduct({ models: 1, output, left, right })
    const first = await backend.read(held)
    backend.modelProduct({ models: 1, output, left, right })
    expect(await backend.read(held)).toEqual(first)
    expect([...first].some(Number.isNaN)).toBe(false)
    dispose(left, right, output)
  })

  it.each([
    { models: 1, leftPeriod: 1, rightPeriod: 1 },
    { models: 5, leftPeriod: 2, rightPeriod: 5 },
    { models: 5, leftPeriod: 5, rightPeriod: 1 },
    { models: 7, leftPeriod: 4, rightPeriod: 6 },
    { models: 68, leftPeriod: 4, rightPeriod: 68 },
  ])('lets models share: $models with $leftPeriod and $rightPeriod factors', async (shared) => {
    const others = { bias: true, biasPeriod: 3, gate: true, gatePeriod: 2 }
    if (shared.models < 3) Object.assign(others, { biasPeriod: 1, gatePeriod: 1 })
    for (const transposition of transpositions)
      await exact({ ...shared, ...others, ...transposition, size: [17, 19, 21] })
  })

  it('shares factors that are multiplied in several parts, and finishes each part as its own', async () => {
    await exact({ models: 3, leftPeriod: 1, rightPeriod: 2, size: [9, 400, 300], bias: true })
    await exact({ models: 2, size: [530, 2, 300], bias: true, relu: true, gate: true })
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('adds a bias, cuts at 0 and gates: combination %d', async (choice) => {
    const parts = { bias: (choice & 1) > 0, relu: (choice & 2) > 0, gate: (choice & 4) > 0 }
    await exact({ models: 3, size: [33, 6, 19], ...parts })
    await exact({ models: 2, size: [2, 390, 8], ...parts })
  })

  // what is there is added where a product is finished, whatever its size
  it.each(casesOf(tried, cutSizes))('adds to what is there: [%d, %d] · [%d]', async (...size) => {
    for (const transposition of transpositions)
      await exact({ models: modelsOf(size), size, accumulate: true, ...transposition })
    const places = [{ offset: 3, gap: 5 }]
    await exact({ models: 4, size, accumulate: true, leftPeriod: 2, rightPeriod: 1, places })
  })

  it('reads and writes inside larger tensors, at any element', async () => {
    const places = [
      { offset: 3, gap: 5 },
      { offset: 1, gap: 2 },
      { offset: 6, gap: 1 },
      { offset: 2, gap: 3 },
      { offset: 5, gap: 0 },
    ]
    for (const transposition of transpositions)
      for (const size of [
        [5, 7, 11],
        [18, 9, 33],
      ] as Size[])
        await exact({ models: 3, size, places, bias: true, relu: true, gate: true, ...transposition })
    // whole vectors too
    await exact({ models: 3, size: [8, 12, 16], places: places.map(() => ({ offset: 4, gap: 8 })) })
  })

  it.each(transpositions)('keeps its digits: %o', async (transposition) => {
    const size = [37, 83, 45] as const
    const { actual, expected, parts } = await run({
      ...{ models: 2, size, bias: true, values: fractions },
      ...transposition,
    })
    const sizesOf = (values: ArrayLike<number>) => Float64Array.from(values, Math.abs)
    for (const [model, result] of actual.entries()) {
      const { left, right, bias, ...rest } = parts(model)
      const absolute = modelProductReference({
        ...{ ...rest, left: sizesOf(left), right: sizesOf(right), bias: sizesOf(bias!) },
      })
      const worst = result.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - expected[model][i]) / absolute[i]),
        0,
      )
      // k products and k sums with one more for the bias, each rounded by at most 2^-24 (Higham, section 3.1)
      expect(worst).toBeLessThanOrEqual((size[1] + 2) * 2 ** -24)
      expect(worst).toBeGreaterThan(0)
    }
  })

  it.each([1, 4, 5, 7, 8, 17])('carries ∞ and NaN, and only where they belong: sums of %d', async (inner) => {
    const columns = 35
    const left = new Float32Array(4 * inner).fill(1)
    const right = new Float32Array(inner * columns).fill(2)
    // where a row and a column end
    left[inner - 1] = Number.POSITIVE_INFINITY
    left[2 * inner - 1] = Number.NaN
    right[inner * columns - 1] = Number.NEGATIVE_INFINITY
    for (const { transposeLeft, transposeRight } of transpositions) {
      const factor = (values: Float32Array, rows: number, width: number, transpose: boolean) => {
        const at = (i: number) => (transpose ? values[(i % rows) * width + Math.floor(i / rows)] : values[i])
        const tensor = backend.upload(
          values.map((_, i) => at(i)),
          [values.length],
        )
        return transpose ? { tensor, rows: width, columns: rows } : { tensor, rows, columns: width }
      }
      const factors = {
        left: factor(left, 4, inner, transposeLeft),
        right: factor(right, inner, columns, transposeRight),
      }
      const output = { tensor: backend.createTensor([4 * columns]), rows: 4, columns }
      backend.modelProduct({ models: 1, output, ...factors, transposeLeft, transposeRight })
      const row = (most: number, last: number) => [...Array(columns - 1).fill(most), last]
      expect([...(await backend.read(output.tensor))]).toEqual([
        ...row(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        ...row(Number.NaN, Number.NaN),
        ...row(2 * inner, Number.NEGATIVE_INFINITY),
        ...row(2 * inner, Number.NEGATIVE_INFINITY),
      ])
      dispose(factors.left, factors.right, output)
    }
  })

  it('gives a model the same bits alone and among others', async () => {
    for (const size of [
      [37, 50, 29],
      [64, 64, 64],
    ] as Size[])
      for (const transposition of transpositions) {
        const among = await run({ models: 5, size, bias: true, values: fractions, ...transposition })
        const alone = await run({ models: 1, size, bias: true, values: fractions, ...transposition })
        expect(among.actual[0]).toEqual(alone.actual[0])
        expect(among.actual[1]).not.toEqual(alone.actual[0])
      }
  })

  it('refuses by name what does not fit', async () => {
    const tensor = (length: number) => backend.createTensor([length])
    const [a, b, c] = [tensor(12), tensor(24), backend.upload(new Float32Array(16).fill(7), [16])]
    const call = {
      models: 2,
      left: { tensor: a, rows: 2, columns: 3 },
      right: { tensor: b, rows: 3, columns: 4 },
      output: { tensor: c, rows: 2, columns: 4 },
    }
    const refused = (parameters: object, message: RegExp, kind: typeof Error = RangeError) => {
      const attempt = () => backend.modelProduct({ ...call, ...parameters })
      expect(attempt).toThrow(kind)
      expect(attempt).toThrow(message)
    }
    const { left, right, output } = call
    refused({ models: 0 }, /modelProduct: models .*0/)
    refused({ models: 1.5 }, /modelProduct: models .*1\.5/)
    refused({ transposeLeft: true }, /modelProduct: right is \[3, 4\].*\[2, 4\].*transposed left \[2, 3\]/)
    refused({ transposeRight: true }, /modelProduct: right is \[3, 4\].*\[3, 3\].*left \[2, 3\]/)
    refused({ output: { ...output, columns: 3 } }, /modelProduct: output is \[2, 3\].*\[2, 4\]/)
    refused({ models: 3 }, /modelProduct: (left|right|output) needs/)
    refused({ left: { ...left, offset: 1 } }, /modelProduct: left needs .*13.*\[12\]/)
    refused({ left: { ...left, offset: -1 } }, /modelProduct: left\.offset .*-1/)
    refused({ left: { ...left, stride: 7 } }, /modelProduct: left needs .*13.*\[12\]/)
    refused({ left: { ...left, rows: 0 } }, /modelProduct: left\.rows .*0/)
    refused({ right: { ...right, period: 0 } }, /modelProduct: right\.period .*0/)
    refused({ output: { ...output, period: 1 } }, /modelProduct: output\.period .*1/)
    refused({ output: { ...output, stride: 7 } }, /modelProduct: output\.stride .*8.*7/)
    refused({ output: { ...output, tensor: b } }, /modelProduct: output .*right/)
    refused({ bias: { tensor: a, rows: 1, columns: 3 } }, /modelProduct: bias is \[1, 3\].*\[1, 4\]/)
    refused({ gate: { tensor: b, rows: 4, columns: 2 } }, /modelProduct: gate is \[4, 2\].*\[2, 4\]/)
    refused({ bias: { tensor: c, rows: 1, columns: 4 } }, /modelProduct: output .*bias/)
    refused({ gate: { tensor: c, rows: 2, columns: 4 } }, /modelProduct: output .*gate/)
    const bias = { tensor: a, rows: 1, columns: 4 }
    for (const other of [{ relu: true }, { bias }, { gate: { tensor: b, rows: 2, columns: 4 } }])
      refused({ accumulate: true, ...other }, /modelProduct: accumulate .*bias, relu or gate/)
    const words = backend.createTensor([12], 'uint32')
    refused({ left: { ...left, tensor: words } }, /modelProduct: left .*uint32.*float32/)
    const gone = tensor(12)
    gone.dispose()
    refused({ left: { ...left, tensor: gone } }, /modelProduct: left .*disposed/, Error)
    expect(await backend.read(c)).toEqual(new Float32Array(16).fill(7))
    for (const each of [a, b, c, words]) each.dispose()
  })
})
