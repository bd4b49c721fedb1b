import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { matrixProductReference } from './reference.ts'
import { fractions, variants, wholeNumbers } from './variants.ts'

/** m, k, n: size 1, odd sizes, no multiple of any tile, just below and above one, whole tiles. */
const sizes = [
  [1, 1, 1],
  [1, 5, 1],
  [7, 1, 9],
  [1, 300, 2],
  [3, 5, 7],
  [8, 16, 8],
  [9, 17, 12],
  [16, 4, 100],
  [63, 33, 65],
  [65, 36, 68],
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

describe.each(variants)('matrixProduct on $name', ({ brief, create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function product(left: Float32Array, right: Float32Array, [m, k, n]: number[]) {
    const tensors = [
      backend.upload(left, [m, k]),
      backend.upload(right, [k, n]),
      backend.createTensor([m, n]),
    ]
    backend.matrixProduct(tensors[2], tensors[0], tensors[1])
    const result = (await backend.read(tensors[2])) as Float32Array
    for (const tensor of tensors) tensor.dispose()
    return result
  }

  it.each(brief ? sizes.slice(9, 10) : sizes)(
    'is exact on whole numbers: [%d, %d] · [%d]',
    async (m, k, n) => {
      // every sum of products stays below 2^24, so float32 holds it exactly in any order of summation
      const left = wholeNumbers(m * k, 100, 1)
      const right = wholeNumbers(k * n, 100, 2)
      expect([...(await product(left, right, [m, k, n]))]).toEqual([
        ...matrixProductReference(left, right, m, k, n),
      ])
    },
  )

  if (brief) return

  it.each(magnitudes)('keeps its digits on entries near %d and %d', async (leftSize, rightSize) => {
    const [m, k, n] = [37, 83, 45]
    const left = fractions(m * k, 3).map((value) => value * leftSize)
    const right = fractions(k * n, 4).map((value) => value * rightSize)
    const actual = await product(left, right, [m, k, n])
    const expected = matrixProductReference(left, right, m, k, n)
    const absolute = matrixProductReference(left.map(Math.abs), right.map(Math.abs), m, k, n)
    // k products and k sums, each rounded by at most 2^-24 (Higham, Accuracy and Stability, section 3.1)
    const worst = actual.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - expected[i]) / absolute[i]),
      0,
    )
    expect(worst).toBeLessThanOrEqual((k + 1) * 2 ** -24)
  })

  it('replaces what the output held, and may be repeated', async () => {
    const left = backend.upload(wholeNumbers(9 * 6, 9, 5), [9, 6])
    const right = backend.upload(wholeNumbers(6 * 11, 9, 6), [6, 11])
    const output = backend.upload(new Float32Array(99).fill(Number.NaN), [9, 11])
    backend.matrixProduct(output, left, right)
    const first = await backend.read(output)
    backend.matrixProduct(output, left, right)
    expect(await backend.read(output)).toEqual(first)
    expect([...first].some(Number.isNaN)).toBe(false)
    for (const tensor of [left, right, output]) tensor.dispose()
  })

  it('refuses shapes that do not fit, and an output that is a factor', () => {
    const [a, b] = [backend.createTensor([2, 3]), backend.createTensor([2, 3])]
    const square = backend.createTensor([3, 3])
    expect(() => backend.matrixProduct(square, a, b)).toThrow(RangeError)
    expect(() => backend.matrixProduct(square, a, b)).toThrow(/matrixProduct: right .*\[2, 3\].*\[3, 3\]/)
    expect(() => backend.matrixProduct(square, a, square)).toThrow(
      /matrixProduct: output .*\[3, 3\].*\[2, 3\]/,
    )
    expect(() => backend.matrixProduct(square, square, square)).toThrow(/matrixProduct: output/)
    for (const tensor of [a, b, square]) tensor.dispose()
  })
})
