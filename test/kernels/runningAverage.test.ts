import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, networkBackends } from './manyModels.ts'
import { fractions } from './variants.ts'

describe.each(networkBackends)('runningAverage on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function averaged(average: Float32Array, parameters: Float32Array, alive: number[], kept: number) {
    const shape = [alive.length, average.length / alive.length]
    const tensors = [backend.upload(average, shape), backend.upload(parameters, shape)]
    const living = backend.upload(Float32Array.from(alive), [alive.length])
    backend.runningAverage({ average: tensors[0], parameters: tensors[1], alive: living, kept })
    const [after, untouched] = await Promise.all(tensors.map((tensor) => backend.read(tensor)))
    dispose(...tensors, living)
    expect(untouched).toEqual(parameters)
    return after as Float32Array
  }

  it.each([
    { models: 1, count: 1, kept: 0.5 },
    { models: 3, count: 67, kept: 0.999 },
    { models: 68, count: 9, kept: 0 },
    { models: 2, count: 64, kept: 1 },
  ])('moves towards the parameters: $models times $count, $kept kept', async ({ models, count, kept }) => {
    const average = fractions(models * count, 3)
    const parameters = fractions(models * count, 4)
    const actual = await averaged(average, parameters, new Array(models).fill(1), kept)
    for (const [i, value] of actual.entries()) {
      const expected = kept * average[i] + (1 - kept) * parameters[i]
      // two products and a sum of a share that is rounded too
      const size = kept * Math.abs(average[i]) + (1 - kept) * Math.abs(parameters[i])
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(2 ** -22 * (size + Math.abs(parameters[i])))
    }
  })

  it('leaves averages of models that are not alive, whatever their parameters are', async () => {
    const count = 67
    const average = fractions(3 * count, 5)
    const parameters = fractions(3 * count, 6)
    parameters.fill(Number.NaN, count, 2 * count)
    const actual = await averaged(average, parameters, [1, 0, 1], 0.25)
    expect(actual.subarray(count, 2 * count)).toEqual(average.subarray(count, 2 * count))
    const alone = await averaged(average.slice(0, count), parameters.slice(0, count), [1], 0.25)
    expect(actual.subarray(0, count)).toEqual(alone)
    expect(actual[2 * count]).not.toBe(average[2 * count])
  })

  it('refuses by name what does not fit', () => {
    const [average, parameters] = [0, 1].map(() => backend.createTensor([2, 3]))
    const alive = backend.createTensor([2])
    const other = backend.createTensor([3, 2])
    const refused = (changes: object, message: RegExp) => {
      const call = () => backend.runningAverage({ average, parameters, alive, kept: 0.5, ...changes })
      expect(call).toThrow(RangeError)
      expect(call).toThrow(message)
    }
    refused({ average: alive }, /runningAverage: average .*\[2\]/)
    refused({ parameters: other }, /runningAverage: parameters is \[3, 2\].*\[2, 3\]/)
    refused({ alive: other }, /runningAverage: alive is \[3, 2\].*\[2\]/)
    refused({ parameters: average }, /runningAverage: average .*parameters/)
    refused({ kept: 1.5 }, /runningAverage: kept .*1\.5/)
    refused({ kept: Number.NaN }, /runningAverage: kept .*NaN/)
    dispose(average, parameters, alive, other)
  })
})
