import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { centralDifferences, expectWithin, networkBackends, several } from './manyModels.ts'
import { geluReference, geluSlopeReference } from './transformerReference.ts'

/** Close to 0, through the bend, and so far that a cube or an exponential would overflow. */
const values = Float32Array.from([
  ...[0, -0, 1e-30, -1e-30, 1e-4, -1e-4, 0.5, -0.5, 1, -1, 2, -2, 3.5, -3.5],
  ...[5, -5, 6.5, -6.5, 8, -8, 9.9, -9.9, 10.1, -10.1, 12, -12, 15, -15, 25, -25, 100, -100],
  ...[1e4, -1e4, 1e15, -1e15, 1e30, -1e30, 3.4e38, -3.4e38],
])
const sizes = [1, 3, 4, 67, 2051]

describe.each(networkBackends)('gelu and geluGradient on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function gelu(input: Float32Array) {
    const x = backend.upload(input, [input.length])
    const output = backend.createTensor([input.length])
    backend.gelu(output, x)
    const result = (await backend.read(output)) as Float32Array
    for (const tensor of [x, output]) tensor.dispose()
    return result
  }

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

  /** An exponential in WGSL is off by up to (3 + 2 |x|) 2^-23; here it is of numbers whose effect is below 1. */
  const allowed = (expected: number) => 2e-6 + 2 ** -21 * Math.abs(expected)

  const expectGelu = (input: Float32Array, actual: Float32Array) => {
    const expected = Array.from(input, geluReference)
    expectWithin(actual, expected, (i) => allowed(expected[i]))
  }

  const expectSlopes = (input: Float32Array, gradient: Float32Array, actual: Float32Array) => {
    const expected = Array.from(input, geluSlopeReference)
    expectWithin(
      actual,
      expected.map((slope, i) => slope * gradient[i]),
      (i) => allowed(expected[i]) * Math.abs(gradient[i]),
    )
  }

  it('is right wherever the input is', async () => {
    expectGelu(values, await gelu(values))
    const gradient = new Float32Array(values.length).fill(-2.5)
    expectSlopes(values, gradient, await slopes(values, gradient))
  })

  it.each(sizes)('of %d entries', async (size) => {
    const [[input], [gradient]] = [several(1, size, 3, 4), several(1, size, 4, 10)]
    expectGelu(input, await gelu(input))
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
    expect([...(await gelu(input))].map(Number.isNaN)).toEqual(Array.from(input, Number.isNaN))
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
    expect(() => backend.gelu(other, input)).toThrow(/gelu: output is \[3, 2\].*\[2, 3\].*input/)
    expect(() => backend.gelu(input, input)).toThrow(/gelu: output .*input/)
    const words = backend.createTensor([2, 3], 'uint32')
    expect(() => backend.gelu(output, words)).toThrow(/gelu: input.*uint32.*float32/)
    expect(() => backend.geluGradient(output, input, other)).toThrow(/geluGradient: gradient is \[3, 2\]/)
    expect(() => backend.geluGradient(input, input, output)).toThrow(/geluGradient: output .*input/)
  })
})
