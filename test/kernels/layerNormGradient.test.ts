import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { centralDifferences, expectWithin, networkBackends, several } from './manyModels.ts'
import { layerNormReference } from './reference.ts'
import { layerNormGradientReference } from './transformerReference.ts'

const cases = [
  { rows: 1, columns: 1, size: 1, centre: 3 },
  { rows: 2, columns: 3, size: 1, centre: 0 },
  { rows: 7, columns: 33, size: 1, centre: 2 },
  { rows: 5, columns: 1027, size: 30, centre: -4 },
  { rows: 300, columns: 128, size: 1, centre: 0 },
  // below ε the slopes are those of a division by √ε
  { rows: 4, columns: 50, size: 1e-4, centre: 0 },
  { rows: 4, columns: 50, size: 1e6, centre: 0 },
  { rows: 9, columns: 512, size: 1, centre: 100 },
]

describe.each(networkBackends)('layerNormGradient on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function slopes(input: Float32Array, gradient: Float32Array, columns: number, inPlace = false) {
    const shape = [input.length / columns, columns]
    const [x, g] = [backend.upload(input, shape), backend.upload(gradient, shape)]
    const output = inPlace ? g : backend.createTensor(shape)
    backend.layerNormGradient(output, x, g)
    const result = (await backend.read(output)) as Float32Array
    expect(await backend.read(x)).toEqual(input)
    for (const tensor of [x, g, output]) tensor.dispose()
    return result
  }

  describe.each(cases)('$rows × $columns, size $size, centre $centre', ({ rows, columns, size, centre }) => {
    // rows of different size, so that a row that takes its neighbour's statistics is seen
    const [noise] = several(1, rows * columns, 3, size)
    const input = noise.map((value, i) => centre + value * (1 + (Math.floor(i / columns) % 5)))
    const [gradient] = several(1, rows * columns, 4)
    const expected = layerNormGradientReference(input, gradient, columns)

    it.each([false, true])('in place: %s', async (inPlace) => {
      const actual = await slopes(input, gradient, columns, inPlace)
      // the gradient has size 1 and is divided by the deviation; y is off by a few roundings of the largest input in
      // units of the deviation, as in layerNorm
      const least = Math.max(size / 2, 3e-3)
      const allowed = (2e-6 + 4 * 2 ** -23 * ((Math.abs(centre) + 5 * size) / least)) / least
      expectWithin(actual, expected, () => allowed)
    })
  })

  it('is the slope of layerNorm', async () => {
    const [[input], [gradient]] = [several(1, 12, 8, 2), several(1, 12, 9)]
    const sum = (point: Float64Array) =>
      layerNormReference(point, 3, 4).reduce((total, y, i) => total + y * gradient[i], 0)
    const actual = await slopes(input, gradient, 4)
    expectWithin(actual, centralDifferences(sum, input), () => 3e-6)
  })

  it('gives (g − mean g) / √ε where a row is of equal numbers', async () => {
    const gradient = Float32Array.of(1, 2, 3, 6)
    const actual = await slopes(new Float32Array(4).fill(2.5), gradient, 4)
    expectWithin(
      actual,
      [-2, -1, 0, 3].map((value) => value / Math.sqrt(1e-5)),
      () => 1e-3,
    )
  })

  it('gives NaN in the rows of a NaN, in either, and in no others', async () => {
    const [[input], [gradient]] = [several(1, 20, 8), several(1, 20, 9)]
    input[6] = Number.NaN
    gradient[13] = Number.NaN
    const actual = await slopes(input, gradient, 5)
    expect([...actual].map(Number.isNaN)).toEqual(Array.from(actual, (_, i) => i >= 5 && i < 15))
  })

  it('refuses what does not fit, and names it', () => {
    const [input, other, vector] = [[2, 3], [3, 2], [6]].map((shape) => backend.createTensor(shape))
    const output = backend.createTensor([2, 3])
    const refused = (message: RegExp, ...given: Parameters<typeof backend.layerNormGradient>) => {
      expect(() => backend.layerNormGradient(...given)).toThrow(RangeError)
      expect(() => backend.layerNormGradient(...given)).toThrow(message)
    }
    refused(/layerNormGradient: output is \[3, 2\].*\[2, 3\].*input/, other, input, output)
    refused(/layerNormGradient: gradient is \[3, 2\].*\[2, 3\].*input/, output, input, other)
    refused(/layerNormGradient: output .*input/, input, input, output)
    refused(/layerNormGradient: input .*\[6\]/, backend.createTensor([6]), vector, backend.createTensor([6]))
  })
})
