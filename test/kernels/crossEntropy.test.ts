import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { crossEntropyReference, softmaxReference } from './latentReference.ts'
import {
  centralDifferences,
  dispose,
  expectWithin,
  labelled,
  laid,
  matricesOf,
  networkBackends,
  several,
  unwritten,
} from './manyModels.ts'

const cases = [
  { models: 1, batch: 1, classes: 1 },
  { models: 1, batch: 1, classes: 2 },
  { models: 3, batch: 3, classes: 10 },
  { models: 68, batch: 100, classes: 10 },
  { models: 3, batch: 127, classes: 2 },
  { models: 68, batch: 3, classes: 33 },
  { models: 1, batch: 127, classes: 256 },
]

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length

describe.each(networkBackends)('crossEntropy on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  const entropy = async (
    logitsOf: readonly Float32Array[],
    labelsOf: readonly Uint32Array[],
    classes: number,
  ) => {
    const [models, batch] = [logitsOf.length, labelsOf[0].length]
    const logits = laid(backend, logitsOf, { rows: batch, columns: classes, offset: 3, gap: 5 })
    const labels = laid(backend, labelsOf, { rows: 1, columns: batch, offset: 1, gap: 2 })
    const [losses, withoutGradient] = [0, 1].map(() =>
      unwritten(backend, models, { rows: 1, columns: batch, offset: 2, gap: 1 }),
    )
    const gradient = unwritten(backend, models, { rows: batch, columns: classes, offset: 7, gap: 3 })
    backend.crossEntropy({ models, logits, labels, losses, gradient })
    backend.crossEntropy({ models, logits, labels, losses: withoutGradient })
    const result = {
      losses: await matricesOf(backend, losses),
      gradient: await matricesOf(backend, gradient),
    }
    expect(await matricesOf(backend, withoutGradient)).toEqual(result.losses)
    dispose(logits, labels, losses, withoutGradient, gradient)
    return result
  }

  it.each(cases)('of $models models, batch $batch, $classes classes', async ({ models, batch, classes }) => {
    const logits = several(models, batch * classes, 7, 8)
    const labels = labelled(models, batch, classes, 3)
    const { losses, gradient } = await entropy(logits, labels, classes)
    for (let model = 0; model < models; model++) {
      // WGSL lets a logarithm near 0 be off by 2^-21; the others are roundings of numbers of size 16
      const expected = crossEntropyReference(logits[model], labels[model], classes)
      expectWithin(losses[model], expected, () => 2e-6)
      const slopes = softmaxReference(logits[model], classes)
      for (const [row, label] of labels[model].entries()) slopes[row * classes + label] -= 1
      expectWithin(
        gradient[model],
        slopes.map((slope) => slope / batch),
        () => 2e-6 / batch,
      )
    }
  })

  it('has the gradient of the mean loss', async () => {
    const [logits] = several(1, 12, 5, 3)
    const [labels] = labelled(1, 4, 3, 9)
    const { gradient } = await entropy([logits], [labels], 3)
    const loss = (point: Float64Array) => mean(crossEntropyReference(point, labels, 3))
    expectWithin(gradient[0], centralDifferences(loss, logits), () => 3e-7)
  })

  it('shares labels by their period', async () => {
    const logits = several(5, 6, 7, 4)
    const labels = labelled(2, 3, 2, 3)
    const { losses } = await entropy(logits, labels, 2)
    for (const [model, own] of logits.entries())
      expectWithin(losses[model], crossEntropyReference(own, labels[model % 2], 2), () => 2e-6)
  })

  it('gives each of 68 models what it gives it alone', async () => {
    const logits = several(68, 30, 7, 8)
    const labels = labelled(68, 3, 10, 3)
    const all = await entropy(logits, labels, 10)
    for (const model of [0, 1, 33, 67]) {
      const alone = await entropy([logits[model]], [labels[model]], 10)
      expect(alone.losses[0]).toEqual(all.losses[model])
      expect(alone.gradient[0]).toEqual(all.gradient[model])
    }
  })

  it('is right for logits of ±1e4', async () => {
    const rows = [
      [1e4, -1e4, 0],
      [-1e4, 1e4, 9999],
      [-1e4, -1e4, -1e4],
      [1e4, 1e4, -1e4],
    ]
    const { losses, gradient } = await entropy(
      [Float32Array.from(rows.flat())],
      [Uint32Array.of(0, 0, 2, 1)],
      3,
    )
    expectWithin(losses[0], [0, 20000 + Math.log1p(Math.exp(-1)), Math.log(3), Math.LN2], (row) =>
      row === 1 ? 2e-3 : 1e-6,
    )
    const share = 1 / (1 + Math.exp(-1))
    const slopes = [0, 0, 0, -1, share, 1 - share, 1 / 3, 1 / 3, -2 / 3, 0.5, -0.5, 0]
    expectWithin(
      gradient[0],
      slopes.map((slope) => slope / 4),
      () => 1e-7,
    )
  })

  it.each([2, 10, 100])('is ln %d for as many equal logits', async (classes) => {
    const rows = [0, 3.7, -123.4].flatMap((logit) => Array(classes).fill(logit))
    const { losses, gradient } = await entropy(
      [Float32Array.from(rows)],
      [Uint32Array.of(0, 1, classes - 1)],
      classes,
    )
    expectWithin(losses[0], Array(3).fill(Math.log(classes)), () => 1e-6)
    expect(Math.abs(gradient[0].reduce((sum, slope) => sum + slope, 0))).toBeLessThan(1e-6)
  })

  it('is NaN where a logit is, and only in that row', async () => {
    const rows = [
      [Number.NaN, 0, 0],
      [0, 0, Number.NaN],
      [0, 1, 2],
      [0, Number.NaN, 5],
    ]
    const { losses, gradient } = await entropy(
      [Float32Array.from(rows.flat())],
      [Uint32Array.of(0, 1, 2, 2)],
      3,
    )
    expect([...losses[0]].map(Number.isNaN)).toEqual([true, true, false, true])
    expect([0, 3, 6, 9].map((start) => gradient[0].slice(start, start + 3).some(Number.isNaN))).toEqual([
      ...[true, true, false, true],
    ])
  })

  it('takes a label beyond the classes as the last', async () => {
    const { losses } = await entropy([Float32Array.of(1, 2, 1, 2)], [Uint32Array.of(1, 4000000000)], 2)
    expect(losses[0][1]).toBe(losses[0][0])
  })

  it('refuses matrices that do not fit, and names them', () => {
    const [models, batch, classes] = [2, 3, 4]
    const make = (rows: number, columns: number, kind?: 'uint32') => ({
      tensor: backend.createTensor([models, rows * columns], kind),
      rows,
      columns,
    })
    const right = {
      models,
      logits: make(batch, classes),
      labels: make(1, batch, 'uint32'),
      losses: make(1, batch),
      gradient: make(batch, classes),
    }
    const run = (wrong: object) => () => backend.crossEntropy({ ...right, ...wrong })
    expect(run({ labels: make(1, classes, 'uint32') })).toThrow(/crossEntropy: labels is \[1, 4\].*\[1, 3\]/)
    expect(run({ labels: make(1, batch) })).toThrow(/crossEntropy: labels.*uint32/)
    expect(run({ losses: make(batch, 1) })).toThrow(/crossEntropy: losses/)
    expect(run({ gradient: make(classes, batch) })).toThrow(/crossEntropy: gradient/)
    expect(run({ gradient: right.logits })).toThrow(/gradient.*logits/)
    dispose(right.logits, right.labels, right.losses, right.gradient)
  })
})
