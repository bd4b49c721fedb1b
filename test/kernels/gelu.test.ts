import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { expectWithin, networkBackends, several } from './manyModels.ts'
import { geluInputs, geluReference, geluTolerance } from './transformerReference.ts'

const sizes = [1, 3, 4, 67, 2051]

describe.each(networkBackends)('gelu on $name', ({ create }) => {
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

  const expectGelu = (input: Float32Array, actual: Float32Array) => {
    const expected = Array.from(input, geluReference)
    expectWithin(actual, expected, (i) => geluTolerance(expected[i]))
  }

  it('is right wherever the input is', async () => {
    expectGelu(geluInputs, await gelu(geluInputs))
  })

  it.each(sizes)('of %d entries', async (size) => {
    const [input] = several(1, size, 3, 4)
    expectGelu(input, await gelu(input))
  })

  it('gives NaN for NaN, and only there', async () => {
    const [input] = several(1, 11, 3, 4)
    input[2] = input[9] = Number.NaN
    expect([...(await gelu(input))].map(Number.isNaN)).toEqual(Array.from(input, Number.isNaN))
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
  })
})
