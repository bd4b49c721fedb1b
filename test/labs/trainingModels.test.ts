/** the training lab's models on both backends: how they begin, what is measured of them, models that stop. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { linearsOf, type ParameterMatrix } from '../../src/labs/training/layout.ts'
import { Measuring, validationWords } from '../../src/labs/training/measurement.ts'
import { binMeans, rankBins } from '../../src/labs/training/ranks.ts'
import type { Trainer } from '../../src/labs/training/trainer.ts'
import { spreadWindows } from '../../src/labs/training/windows.ts'
import { backends } from '../kernels/backends.ts'
import { expectWithin } from '../kernels/manyModels.ts'
import { vocabularyReference } from '../kernels/transformerReference.ts'
import { referenceHidden, referenceLoss } from './trainingReference.ts'
import { cut, mean, norm, parametersOf, takeMadeUpText, trained } from './trainingRuns.ts'

const architectures = ['preNorm', 'postNorm', 'mlp'] as const

beforeAll(takeMadeUpText)

describe.each(backends)('models in training on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function measurementOf(trainer: Trainer) {
    const measuring = new Measuring(backend, trainer, cut())
    const work = measuring.measure()
    let step = await work.next()
    while (!step.done) step = await work.next()
    measuring.dispose()
    return step.value
  }

  it('draws the same normals for both models, scaled as the architecture says', async () => {
    const given = { dModel: 48, embeddingScale: 'sqrtDModel', layers: 2 }
    const trainer = await trained(backend, 0, given, [1, 0.02])
    const { embedding, positions, parts, context } = trainer.layout
    const [one, other] = await parametersOf(trainer, backend)
    const entries = (row: Float32Array, { offset, rows, columns }: ParameterMatrix) =>
      row.subarray(offset, offset + rows * columns)
    const expectNormal = (matrix: ParameterMatrix, deviations: readonly number[]) => {
      const [first, second] = [entries(one, matrix), entries(other, matrix)]
      for (const [index, values] of [first, second].entries()) {
        const error = 5 / Math.sqrt(values.length)
        expect(Math.abs(mean(values)) / deviations[index]).toBeLessThan(error)
        expect(Math.abs(norm(values) / Math.sqrt(values.length) / deviations[index] - 1)).toBeLessThan(error)
      }
      const ratio = deviations[0] / deviations[1]
      expectWithin(
        first,
        second.map((value) => ratio * value),
        (i) => 1e-6 * Math.abs(first[i]),
      )
    }
    expectNormal(embedding, [1, 0.02])
    // as large as sinusoids beside embeddings times √d, whatever the embeddings
    expect(positions?.rows).toBe(context)
    expectNormal(positions as ParameterMatrix, [Math.SQRT1_2, Math.SQRT1_2])
    const linears = parts.flatMap(linearsOf)
    expect(linears).toHaveLength(8)
    for (const { weights, biases } of linears) {
      expectNormal(weights, [weights.rows ** -0.5, weights.rows ** -0.5])
      for (const row of [one, other]) expect(entries(row, biases).every((bias) => bias === 0)).toBe(true)
    }
    // no two matrices are equal
    const starts = linears.map(({ weights }) => one[weights.offset])
    expect(new Set(starts).size).toBe(starts.length)
    trainer.dispose()
  })

  it.each(architectures)('measures what the plain formulas give: %s', async (architecture) => {
    const trainer = await trained(backend, 2, { architecture })
    const { layout } = trainer
    const { dModel, vocab, context } = layout
    const thetas = await parametersOf(trainer, backend)
    const { inputs, labels, present } = trainer.windows
    for (const [index, found] of (await measurementOf(trainer)).entries()) {
      if (!found) throw new Error('It has not stopped.')
      const theta = Float64Array.from(thetas[index])
      const states = referenceHidden(layout, theta, { sequences: 2, inputs, labels })
      const table = Array.from({ length: vocab }, (_, word) =>
        theta.subarray(word * dModel, (word + 1) * dModel),
      )
      const logits = states.map((state) =>
        table.map((row) => row.reduce((sum, x, k) => sum + x * state[k], 0)),
      )
      const all = logits.flat()
      const deviation = Math.sqrt(mean(all.map((x) => x * x)) - mean(all) ** 2)
      expect(found.logitStd / deviation).toBeCloseTo(1, 4)
      const probabilities = logits.map((row) => {
        const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
        return row.map((x) => Math.exp(x) / total)
      })
      expectWithin(found.landscape, probabilities.flat(), () => 1e-4)
      expect(found.ownProbability).toBeCloseTo(mean(probabilities.map((row, i) => row[present[i]])), 5)
      const cosines = logits.map((row, i) => row[present[i]] / norm(states[i]) / norm(table[present[i]]))
      expect(found.alignment).toBeCloseTo(mean(cosines), 4)
      // the unknown word, the last one, has no rank of frequency
      const norms = table.slice(0, -1).map(norm)
      expectWithin(found.rowNorms, binMeans(rankBins(vocab - 1), norms), () => 1e-4)
      // every logit is in some bin, and in the right one
      const width = found.histogramEdges[1] - found.histogramEdges[0]
      const counts = found.histogramDensity.map((density) => density * width * all.length)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(all.length, 1)
      const misplaced = counts.map((count, bin) => {
        const [from, to] = [found.histogramEdges[bin], found.histogramEdges[bin + 1]]
        return Math.abs(count - all.filter((x) => x >= from && x < to).length)
      })
      expect(misplaced.reduce((sum, one) => sum + one, 0)).toBeLessThan(6)
      const sequences = validationWords(trainer.model.rows) / context
      const held = spreadWindows(cut().validation, layout, sequences)
      const loss = referenceLoss(layout, theta, { sequences, ...held })
      expect(found.validationLoss / loss).toBeCloseTo(1, 4)
      // and the batch's own loss is that of the same positions
      const flat = states.flatMap((state) => [...state])
      const { losses } = vocabularyReference(
        flat,
        table.flatMap((row) => [...row]),
        labels,
        dModel,
      )
      expect(trainer.losses[index][2] / mean(losses)).toBeCloseTo(1, 4)
    }
    trainer.dispose()
  })

  it('stops the model that a learning rate explodes, while the other goes on as if alone', async () => {
    const given = { learningRate: 1e30, dModel: 64 }
    // always the same word: a model that predicts it with certainty has nothing to learn, and does not change
    const words = { training: new Uint32Array(100).fill(5) }
    const trainer = await trained(backend, 4, given, [1, 20], words)
    expect([...trainer.stoppedAt]).toEqual([1, -1])
    const [stopped, goesOn] = trainer.losses
    expect(stopped[0]).toBeGreaterThan(0)
    expect(stopped.slice(1)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
    expect(goesOn).toEqual([0, 0, 0, 0, 0])
    const alone = await trained(backend, 4, given, [20], words)
    expect(goesOn).toEqual(alone.losses[0])
    const measured = await measurementOf(trainer)
    expect(measured.map((one) => one !== undefined)).toEqual([false, true])
    for (const one of [trainer, alone]) one.dispose()
  })
})

describe('both backends', () => {
  it.each(architectures)('come to the same losses: %s', async (architecture) => {
    const curves: number[][][] = []
    for (const { create } of backends) {
      const backend = await create()
      const trainer = await trained(backend, 20, { architecture })
      curves.push(trainer.losses)
      trainer.dispose()
      backend.dispose()
    }
    // rounding grows from step to step; 1e-4 of a loss is far below the noise of a batch
    for (const model of [0, 1])
      expectWithin(curves[1][model], curves[0][model], (step) => 1e-4 * curves[0][model][step])
  })
})
