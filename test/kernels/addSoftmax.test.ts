import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { softmaxReference } from './latentReference.ts'
import { dispose, expectWithin, laid, matricesOf, networkBackends, several } from './manyModels.ts'

const cases = [
  { models: 1, batch: 1, classes: 1 },
  { models: 3, batch: 3, classes: 2 },
  { models: 68, batch: 100, classes: 10 },
  { models: 3, batch: 127, classes: 7 },
  { models: 1, batch: 3, classes: 256 },
]

describe.each(networkBackends)('addSoftmax on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  /** `before` plus the softmax of each of `draws`, one call after the other. */
  const added = async (
    before: readonly Float32Array[],
    draws: readonly (readonly Float32Array[])[],
    classes: number,
  ) => {
    const rows = before[0].length / classes
    const probabilities = laid(backend, before, { rows, columns: classes, offset: 3, gap: 5 })
    for (const draw of draws) {
      const logits = laid(backend, draw, { rows, columns: classes, offset: 2, gap: 1 })
      backend.addSoftmax(before.length, probabilities, logits)
      dispose(logits)
    }
    const result = await matricesOf(backend, probabilities)
    dispose(probabilities)
    return result
  }

  it.each(cases)('of $models models, batch $batch, $classes classes', async ({ models, batch, classes }) => {
    const before = several(models, batch * classes, 3)
    const draws = [7, 8, 9].map((seed) => several(models, batch * classes, seed, 8))
    const actual = await added(before, draws, classes)
    for (let model = 0; model < models; model++) {
      const shares = draws.map((draw) => softmaxReference(draw[model], classes))
      const expected = Float64Array.from(before[model], (value, i) =>
        shares.reduce((sum, share) => sum + share[i], value),
      )
      expectWithin(actual[model], expected, () => 3e-6)
    }
  })

  it('shares logits by their period', async () => {
    const before = several(5, 6, 3)
    const logits = several(2, 6, 7, 4)
    const actual = await added(before, [logits], 3)
    for (const [model, own] of before.entries())
      expect(actual[model]).toEqual((await added([own], [[logits[model % 2]]], 3))[0])
  })

  it('gives each of 68 models what it gives it alone', async () => {
    const before = several(68, 30, 3)
    const logits = several(68, 30, 7, 8)
    const all = await added(before, [logits], 10)
    for (const model of [0, 1, 33, 67])
      expect((await added([before[model]], [[logits[model]]], 10))[0]).toEqual(all[model])
  })

  it('is right for logits of ±1e4, and for equal ones', async () => {
    const rows = [
      [1e4, -1e4, 0, 1e4],
      [-1e4, -1e4, -1e4, -1e4],
    ]
    const [actual] = await added([new Float32Array(8)], [[Float32Array.from(rows.flat())]], 4)
    expectWithin(actual, [0.5, 0, 0, 0.5, 0.25, 0.25, 0.25, 0.25], () => 1e-6)
  })

  it('makes NaN of the rows that hold one, and of no other', async () => {
    const logits = Float32Array.of(1, Number.NaN, 2, 3, Number.NaN, 1)
    const [actual] = await added([new Float32Array(6)], [[logits]], 2)
    expect([...actual].map(Number.isNaN)).toEqual([true, true, false, false, true, true])
  })

  it('refuses matrices that do not fit, and names them', () => {
    const make = (rows: number, columns: number) => ({
      tensor: backend.createTensor([2, rows * columns]),
      rows,
      columns,
    })
    const [logits, other] = [make(3, 4), make(4, 3)]
    expect(() => backend.addSoftmax(2, other, logits)).toThrow(
      /addSoftmax: probabilities is \[4, 3\].*\[3, 4\]/,
    )
    expect(() => backend.addSoftmax(2, logits, logits)).toThrow(/addSoftmax: probabilities.*logits/)
    expect(() => backend.addSoftmax(0, make(3, 4), logits)).toThrow(/addSoftmax: models/)
    dispose(logits, other)
  })
})
