import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend, RandomSource } from '../../src/compute/backend.ts'
import { backends } from './backends.ts'
import { randomNormalReference } from './reference.ts'

const count = (length: number, first: number) => Array.from({ length }, (_, i) => first + i)

/**
 * Two units in the last place of the radius (division and square root of WGSL may be off by 2.5) and of the
 * polynomials, whose own error is 3e-8; |z| ≤ 5.8, so a normal's error grows with |z| and not below 1.
 */
const tolerance = (z: number) => 1e-6 * Math.max(1, Math.abs(z))

function largestExcess(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let worst = 0
  for (let i = 0; i < expected.length; i++) {
    const excess = Math.abs(actual[i] - expected[i]) / tolerance(expected[i])
    if (!(excess <= worst)) worst = excess
  }
  return worst
}

const cases = [
  { rows: 1, columns: 1, firstRow: 0, source: { seed: 0, stream: 0 } },
  { rows: 1, columns: 2, firstRow: 9, source: { seed: 1, stream: 1 } },
  { rows: 2, columns: 7, firstRow: 3, source: { seed: 5, stream: 2, batch: 1 } },
  { rows: 3, columns: 16, firstRow: 100, source: { seed: 0xffffffff, stream: 0 } },
  { rows: 11, columns: 33, firstRow: 50_000, source: { seed: 99, stream: 0, batch: 4 } },
  { rows: 200, columns: 513, firstRow: 1_000_000, source: { seed: 2024, stream: 1 } },
]

/** Enough to meet radii and angles of every size. */
const many = { rows: 300, columns: 1001, source: { seed: 17, stream: 0 } }

const draw = async (backend: Backend, rows: number, columns: number, source: RandomSource, firstRow = 0) => {
  const output = backend.createTensor([rows, columns])
  backend.randomNormal(output, source, firstRow)
  const result = await backend.read(output)
  output.dispose()
  return result
}

describe.each(backends)('randomNormal on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each(cases)(
    'is Box–Muller of the words: $rows × $columns',
    async ({ rows, columns, firstRow, source }) => {
      const actual = await draw(backend, rows, columns, source, firstRow)
      expect(
        largestExcess(actual, randomNormalReference(source, count(rows, firstRow), columns)),
      ).toBeLessThan(1)
    },
  )

  it('gives the first columns of a wider table', async () => {
    const source = { seed: 8, stream: 0 }
    const wide = await draw(backend, 5, 40, source)
    const narrow = await draw(backend, 5, 18, source)
    for (let row = 0; row < 5; row++)
      expect(narrow.slice(row * 18, row * 18 + 18)).toEqual(wide.slice(row * 40, row * 40 + 18))
  })

  it('draws the rows that randomNormalRows is asked for', async () => {
    const source = { seed: 11, stream: 0 }
    const rows = [70_000, 0, 3, 3, 4_294_967_295]
    const indices = backend.upload(Uint32Array.from(rows), [rows.length])
    const output = backend.createTensor([rows.length, 21])
    backend.randomNormalRows(output, source, indices)
    const actual = await backend.read(output)
    expect(largestExcess(actual, randomNormalReference(source, rows, 21))).toBeLessThan(1)
    const alone = await draw(backend, 1, 21, source, 70_000)
    expect(actual.slice(0, 21)).toEqual(alone)
    output.dispose()
    indices.dispose()
  })

  it('has the moments and the distribution of a standard normal', async () => {
    const values = Float64Array.from(await draw(backend, many.rows, many.columns, many.source)).sort()
    const n = values.length
    const moment = (power: number) => values.reduce((sum, z) => sum + z ** power, 0) / n
    // five standard errors each: Var z = 1, Var z² = 2, Var z³ = 15, Var z⁴ = 96
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n))
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n))
    // Kolmogorov–Smirnov: √n · D exceeds 2.2 once in ten thousand samples
    let distance = 0
    values.forEach((z, i) => {
      const probability = normalDistribution(z)
      distance = Math.max(distance, Math.abs(probability - i / n), Math.abs(probability - (i + 1) / n))
    })
    expect(distance * Math.sqrt(n)).toBeLessThan(2.2)
  })

  it('refuses shapes that do not fit', () => {
    const source = { seed: 0, stream: 0 }
    const cube = backend.createTensor([2, 2, 2])
    expect(() => backend.randomNormal(cube, source)).toThrow(/randomNormal.*output.*\[2, 2, 2\]/)
    expect(() => backend.randomNormal(cube, source)).toThrow(RangeError)
    const output = backend.createTensor([3, 4])
    const indices = backend.createTensor([2], 'uint32')
    expect(() => backend.randomNormalRows(output, source, indices)).toThrow(RangeError)
    expect(() => backend.randomNormalRows(output, source, indices)).toThrow(/randomNormalRows.*rows/)
    expect(() => backend.randomNormalRows(output, source, indices)).toThrow(/\[2\].*\[3|\[3.*\[2\]/)
    cube.dispose()
    output.dispose()
    indices.dispose()
  })
})

it('the backends draw the same normals', async () => {
  const [first, second] = await Promise.all(
    backends.map(async ({ create }) => {
      const backend = await create()
      const values = await draw(backend, many.rows, many.columns, many.source)
      backend.dispose()
      return values
    }),
  )
  // each is within one tolerance of the same float64 value
  expect(largestExcess(first, second)).toBeLessThan(2)
})

/** Φ(z) by the Taylor series of its integral, or by the continued fraction of its tail. */
function normalDistribution(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (Math.abs(z) > 4) {
    let fraction = Math.abs(z)
    for (let k = 40; k >= 1; k--) fraction = Math.abs(z) + k / fraction
    return z > 0 ? 1 - density / fraction : density / fraction
  }
  let term = z
  let sum = z
  for (let k = 3; Math.abs(term) > 1e-16; k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return 0.5 + density * sum
}
