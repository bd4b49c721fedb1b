import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { dispose, labelled, laid, matricesOf, networkBackends, several } from './manyModels.ts'

const cases = [
  { models: 1, batch: 1, classes: 2 },
  { models: 3, batch: 3, classes: 10 },
  { models: 68, batch: 100, classes: 10 },
  { models: 3, batch: 127, classes: 2 },
  { models: 3, batch: 1000, classes: 3 },
]

/** As the definition stands: the first of the largest. */
const errorsOf = (scores: Float32Array, labels: Uint32Array, classes: number) =>
  [...labels].filter((label, row) => {
    const own = [...scores.slice(row * classes, (row + 1) * classes)]
    return own.indexOf(Math.max(...own)) !== label
  }).length

describe.each(networkBackends)('countErrors on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const counted = async (
    before: readonly number[],
    scoresOf: readonly Float32Array[],
    labelsOf: readonly Uint32Array[],
    classes: number,
  ) => {
    const batch = labelsOf[0].length
    const scores = laid(backend, scoresOf, { rows: batch, columns: classes, offset: 3, gap: 5 })
    const labels = laid(backend, labelsOf, { rows: 1, columns: batch, offset: 1, gap: 2 })
    const errors = backend.upload(Float32Array.from(before), [before.length])
    backend.countErrors(before.length, errors, scores, labels)
    const result = [...(await backend.read(errors))]
    // what is only read is as it was
    expect(await matricesOf(backend, scores)).toEqual(scoresOf)
    dispose(scores, labels, errors)
    return result
  }

  it.each(cases)('of $models models, batch $batch, $classes classes', async ({ models, batch, classes }) => {
    // whole numbers, so that there are ties
    const scores = several(models, batch * classes, 7, 3).map((values) => values.map(Math.round))
    const labels = labelled(models, batch, classes, 3)
    const before = scores.map((_, model) => model)
    const expected = scores.map((own, model) => model + errorsOf(own, labels[model], classes))
    expect(await counted(before, scores, labels, classes)).toEqual(expected)
  })

  it('shares scores and labels by their periods', async () => {
    const scores = several(2, 40, 7)
    const labels = labelled(3, 10, 4, 3)
    const expected = [0, 1, 2, 3, 4, 5, 6].map((model) => errorsOf(scores[model % 2], labels[model % 3], 4))
    expect(new Set(expected).size).toBeGreaterThan(1)
    expect(await counted(Array(7).fill(0), scores, labels, 4)).toEqual(expected)
  })

  it.each([
    { scores: [1, 1, 0], label: 0, error: 0 },
    { scores: [1, 1, 0], label: 1, error: 1 },
    { scores: [0, 0, 0], label: 2, error: 1 },
    { scores: [-1, -2, -0.5], label: 2, error: 0 },
    { scores: [-Infinity, Infinity, 0], label: 1, error: 0 },
    { scores: [Number.NaN, 1, 0], label: 1, error: 1 },
    { scores: [0, 1, Number.NaN], label: 1, error: 1 },
    { scores: [0, Number.NaN, 1], label: 1, error: 1 },
    { scores: [Number.NaN, Number.NaN, Number.NaN], label: 0, error: 1 },
    { scores: [Number.NaN], label: 0, error: 1 },
    { scores: [5], label: 0, error: 0 },
    // a label beyond the classes is the last one
    { scores: [0, 1, 2], label: 7, error: 0 },
  ])('counts $error for $scores with the label $label', async ({ scores, label, error }) => {
    const counts = await counted([10], [Float32Array.from(scores)], [Uint32Array.of(label)], scores.length)
    expect(counts).toEqual([10 + error])
  })

  it('refuses matrices that do not fit, and names them', () => {
    const scores = { tensor: backend.createTensor([2, 12]), rows: 3, columns: 4 }
    const labels = { tensor: backend.createTensor([2, 3], 'uint32'), rows: 1, columns: 3 }
    const errors = backend.createTensor([2])
    const run = (wrongErrors = errors, wrongLabels = labels) =>
      backend.countErrors(2, wrongErrors, scores, wrongLabels)
    expect(() => run(labels.tensor)).toThrow(/countErrors: errors.*float32/)
    expect(() => run(scores.tensor)).toThrow(/countErrors: errors is \[2, 12\].*\[2\]/)
    expect(() => run(errors, { ...labels, rows: 3, columns: 1 })).toThrow(/countErrors: labels.*\[1, 3\]/)
    expect(() => run(errors, { ...labels, tensor: scores.tensor })).toThrow(/countErrors: labels.*uint32/)
    dispose(scores, labels, errors)
  })
})
