import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { centralDifferences, expectWithin, networkBackends, several } from './manyModels.ts'
import { geluInputs, geluReference, geluSlopeReference, geluTolerance } from './transformerReference.ts'

const sizes = [1, 3, 4, 67, 2051]

describe.each(networkBackends)('geluGradient on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function slopes(input: Float32Array, gradient: Float32Array, inPlace = false) {
    const shape = [1, input.length]
    const [x, g] = [backend.upload(input, shape), backend.upload(gradient, shape)]
    const output = inPlace ? g : backend.createTensor(shape)
    backend.geluGradient(output, x, g)
    const result = (await backend.read(output)) as Float32Array
    expect(await backend.read(x)).toEqual(input)
    for (const tensor of [x, g, output]) tensor.dispose()
    return result
  }

  const expectSlopes = (input: Float32Array, gradient: Float32Array, actual: Float32Array) => {
    const expected = Array.from(input, geluSlopeReference)
    expectWithin(
      actual,
      expected.map((slope, i) => slope * gradient[i]),
      (i) => geluTolerance(expected[i]) * Math.abs(gradient[i]),
    )
  }

  it('is right wherever the input is', async () => {
    const gradient = new Float32Array(geluInputs.length).fill(-2.5)
    expectSlopes(geluInputs, gradient, await slopes(geluInputs, gradient))
  })

  it.each(sizes)('of %d entries', async (size) => {
    const [[input], [gradient]] = [several(1, size, 3, 4), several(1, size, 4, 10)]
    const apart = await slopes(input, gradient)
    expectSlopes(input, gradient, apart)
    expect(await slopes(input, gradient, true)).toEqual(apart)
  })

  it('has the slope of gelu', async () => {
    const input = Float32Array.from({ length: 41 }, (_, i) => (i - 20) / 4)
    const sum = (point: Float64Array) => point.reduce((total, x) => total + geluReference(x), 0)
    const actual = await slopes(input, new Float32Array(41).fill(1))
    expectWithin(actual, centralDifferences(sum, input), () => 3e-6)
  })

  it('gives NaN for NaN, in the input or the gradient, and only there', async () => {
    const [[input], [gradient]] = [several(1, 11, 3, 4), several(1, 11, 4)]
    input[2] = input[9] = Number.NaN
    gradient[5] = Number.NaN
    expect([...(await slopes(input, gradient))].map(Number.isNaN)).toEqual(
      Array.from(input, (x, i) => Number.isNaN(x) || i === 5),
    )
  })

  it('refuses what does not fit, and names it', () => {
    const [input, output, other] = [
      [2, 3],
      [2, 3],
      [3, 2],
    ].map((shape) => backend.createTensor(shape))
    expect(() => backend.geluGradient(output, input, other)).toThrow(/geluGradient: gradient is \[3, 2\]/)
    expect(() => backend.geluGradient(input, input, output)).toThrow(/geluGradient: output .*input/)
  })
})
