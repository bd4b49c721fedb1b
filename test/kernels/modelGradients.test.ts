/** A network of two layers: the gradient that products and column sums give, against central differences. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import type { Matrices } from '../../src/compute/matrices.ts'
import { centralDifferences, dispose, expectWithin, laid, networkBackends, several } from './manyModels.ts'
import { modelProductReference } from './modelProductReference.ts'

const [models, batch, inputs, width, outputs] = [3, 6, 5, 4, 3]

/** Where weights and biases of both layers lie in a model's row of parameters. */
const layers = {
  hiddenWeights: { offset: 0, rows: inputs, columns: width },
  hiddenBias: { offset: inputs * width, rows: 1, columns: width },
  outputWeights: { offset: (inputs + 1) * width, rows: width, columns: outputs },
  outputBias: { offset: (inputs + 1) * width + width * outputs, rows: 1, columns: outputs },
}
const count = layers.outputBias.offset + outputs

/** What the hidden units are before their ReLU, and the loss: half the squared distance from the goals. */
function forward(parameters: ArrayLike<number>, images: Float32Array, goals: Float32Array) {
  const layer = ({ offset, rows, columns }: { offset: number; rows: number; columns: number }) =>
    Array.from({ length: rows * columns }, (_, i) => parameters[offset + i])
  const first = {
    ...{ left: images, right: layer(layers.hiddenWeights), bias: layer(layers.hiddenBias) },
    size: [batch, inputs, width] as const,
  }
  const results = modelProductReference({
    ...{ left: modelProductReference({ ...first, relu: true }), right: layer(layers.outputWeights) },
    ...{ bias: layer(layers.outputBias), size: [batch, width, outputs] as const },
  })
  const loss = results.reduce((sum, value, i) => sum + (value - goals[i]) ** 2 / 2, 0)
  return { before: modelProductReference(first), loss }
}

describe.each(networkBackends)('gradients of two layers on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it('are the slopes of the loss', async () => {
    const images = several(1, batch * inputs, 1)
    const goals = several(models, batch * outputs, 2)
    const parameters = several(models, count, 3)
    const tensor = backend.upload(Float32Array.from(parameters.flatMap((row) => [...row])), [models, count])
    const gradients = backend.createTensor([models, count])
    const of = (name: keyof typeof layers): Matrices => ({ tensor, stride: count, ...layers[name] })
    const slopeOf = (name: keyof typeof layers): Matrices => ({ ...of(name), tensor: gradients })
    const empty = (rows: number, columns: number): Matrices => ({
      ...{ tensor: backend.createTensor([models, rows, columns]), rows, columns },
    })
    const shared = laid(backend, images, { rows: batch, columns: inputs })
    const hidden = empty(batch, width)
    const results = empty(batch, outputs)
    backend.modelProduct({
      ...{ models, output: hidden, left: shared, right: of('hiddenWeights') },
      ...{ bias: of('hiddenBias'), relu: true },
    })
    const output = { output: results, left: hidden, right: of('outputWeights') }
    backend.modelProduct({ models, ...output, bias: of('outputBias') })
    const wanted = backend.upload(Float32Array.from(goals.flatMap((row) => [...row])), [
      models,
      batch,
      outputs,
    ])
    // the slope of the loss with respect to the results
    backend.weightedSum(results.tensor, results.tensor, 1, wanted, -1)
    const hiddenSlopes = empty(batch, width)
    backend.modelProduct({
      ...{ models, output: slopeOf('outputWeights'), left: hidden, transposeLeft: true, right: results },
    })
    backend.columnSums(models, slopeOf('outputBias'), results)
    backend.modelProduct({
      ...{ models, output: hiddenSlopes, left: results, right: of('outputWeights'), transposeRight: true },
      gate: hidden,
    })
    backend.modelProduct({
      ...{ models, output: slopeOf('hiddenWeights'), left: shared, transposeLeft: true, right: hiddenSlopes },
    })
    backend.columnSums(models, slopeOf('hiddenBias'), hiddenSlopes)

    const actual = await backend.read(gradients)
    for (const [model, row] of parameters.entries()) {
      const { before } = forward(row, images[0], goals[model])
      // no hidden unit is near the bend of its ReLU, some are above and some below it
      expect(Math.min(...before.map(Math.abs))).toBeGreaterThan(1e-3)
      expect(Math.min(...before)).toBeLessThan(0)
      expect(Math.max(...before)).toBeGreaterThan(0)
      const expected = centralDifferences((point) => forward(point, images[0], goals[model]).loss, row)
      const largest = Math.max(...expected.map(Math.abs))
      // sums of fewer than 10 products, one after another through three layers: some 30 roundings of 2^-24; the
      // differences of a loss of size 10 with a step of 1e-5 are good to 1e-9
      expectWithin(actual.slice(model * count, (model + 1) * count), expected, () => 32 * 2 ** -24 * largest)
    }
    dispose(tensor, gradients, shared, hidden, results, wanted, hiddenSlopes)
  })
})
