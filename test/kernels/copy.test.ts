import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, laid, matricesOf, networkBackends, several, unwritten } from './manyModels.ts'

describe.each(networkBackends)('copy on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each([
    { models: 1, rows: 1, columns: 1 },
    { models: 1, rows: 1, columns: 1003 },
    { models: 3, rows: 5, columns: 7 },
    { models: 70, rows: 2, columns: 33 },
  ])('gives every model its matrix, inside larger tensors: %o', async ({ models, rows, columns }) => {
    const given = several(models, rows * columns, 1)
    given[0].set([Number.NaN], 0)
    given[models - 1].set([Number.NEGATIVE_INFINITY], rows * columns - 1)
    const input = laid(backend, given, { rows, columns, offset: 3, gap: 2 })
    const output = unwritten(backend, models, { rows, columns, offset: 5, gap: 4 })
    backend.copy(models, output, input)
    expect(await matricesOf(backend, output)).toEqual(given)
    dispose(input, output)
  })

  it('lets models share what they read', async () => {
    const given = several(2, 6, 2)
    const input = laid(backend, given, { rows: 2, columns: 3 })
    const output = unwritten(backend, 5, { rows: 2, columns: 3 })
    backend.copy(5, output, input)
    expect(await matricesOf(backend, output)).toEqual([0, 1, 0, 1, 0].map((i) => given[i]))
    dispose(input, output)
  })

  it('refuses by name what does not fit', () => {
    const make = (rows: number, columns: number) => ({
      tensor: backend.createTensor([2, rows, columns]),
      ...{ rows, columns },
    })
    const [input, output, other] = [make(2, 3), make(2, 3), make(3, 2)]
    const refused = (message: RegExp, ...given: Parameters<Backend['copy']>) => {
      expect(() => backend.copy(...given)).toThrow(RangeError)
      expect(() => backend.copy(...given)).toThrow(message)
    }
    refused(/copy: models/, 0, output, input)
    refused(/copy: (input|output) needs/, 3, output, input)
    refused(/copy: output is \[3, 2\].*\[2, 3\].*input \[2, 3\]/, 2, other, input)
    refused(/copy: output.*input/, 2, input, input)
    refused(/copy: output\.period/, 2, { ...output, period: 1 }, input)
    dispose(input, output, other)
  })
})
