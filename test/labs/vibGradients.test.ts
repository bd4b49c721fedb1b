/**
 * The whole gradient of tiny networks on both backends, compared with the automatic differentiation of jax-js in
 * float64 and with central differences of a plain float64 loss.
 */
import { defaultDevice, grad, nn, numpy as np } from '@jax-js/jax'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { DifferentiableModel } from '../../src/labs/vib/gradients.ts'
import { type Layer, type Layout, layoutOfWidths } from '../../src/labs/vib/layout.ts'
import { backends } from '../kernels/backends.ts'
import { type Batch, referenceLoss } from './vibReference.ts'

const rows = 5
const models = 3
const betas = [0, 0.3, 2]

const networks = [
  { name: 'one hidden layer, linear decoder', layout: layoutOfWidths([7, 6, 4], [2, 10]) },
  { name: 'two hidden layers and one of the decoder', layout: layoutOfWidths([9, 6, 5, 6], [3, 7, 10]) },
]

/** Numbers that look random but are always the same. */
const scattered = (length: number, scale: number, phase: number) =>
  Float32Array.from(
    { length },
    (_, i) => scale * Math.sin(12.9898 * (i + 1) + phase) * Math.cos(3.7 * i * i + phase),
  )

const batchOf = ({ inputs, latentDimensions }: Layout, model: number): Batch => ({
  rows,
  input: scattered(rows * inputs, 1, model),
  noise: scattered(rows * latentDimensions, 2, 5 + model),
  labels: Uint32Array.from({ length: rows }, (_, i) => (3 * i + model) % 10),
})
const parametersOf = ({ parameters }: Layout, model: number) => scattered(parameters, 1.5, 20 + model)

/** Gradients of all models, [models, parameters]: of task + β · rate, or only of the rate's part. */
async function gradients(backend: Backend, layout: Layout, rateAlone = false): Promise<Float32Array> {
  const { inputs, latentDimensions, parameters } = layout
  const all = Array.from({ length: models }, (_, model) => batchOf(layout, model))
  const joined = (arrays: Float32Array[], shape: number[]) => {
    const data = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const array of arrays) {
      data.set(array, at)
      at += array.length
    }
    return backend.upload(data, shape)
  }
  const theta = joined(
    all.map((_, model) => parametersOf(layout, model)),
    [models, parameters],
  )
  const input = joined(
    all.map((batch) => batch.input),
    [models, rows, inputs],
  )
  const noise = joined(
    all.map((batch) => batch.noise),
    [models, rows, latentDimensions],
  )
  const labels = backend.upload(Uint32Array.from(all.flatMap((batch) => [...batch.labels])), [models, rows])
  const weights = backend.upload(Float32Array.from(betas), [models])
  const output = backend.createTensor([models, parameters])
  const nothing = backend.createTensor([models, rows, 10])
  const model = new DifferentiableModel(backend, layout, models, rows)
  const pass = {
    models,
    rows,
    parameters: { tensor: theta },
    input: { tensor: input, rows, columns: inputs },
    noise: { tensor: noise, rows, columns: latentDimensions },
    labels: { tensor: labels, rows: 1, columns: rows },
  }
  model.forward(pass)
  model.backward(pass, { tensor: output }, weights, rateAlone ? nothing : undefined)
  const result = (await backend.read(output)) as Float32Array
  for (const one of [theta, input, noise, labels, weights, output, nothing, model]) one.dispose()
  return result
}

/** Largest difference, as a share of the largest entry. */
function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0
  let most = 0
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]))
    most = Math.max(most, Math.abs(found[i] - expected[i]))
  }
  return most / largest
}

/** The gradient of the textbook's formula by the library. */
function automatic(layout: Layout, theta: Float32Array, batch: Batch, task: number, beta: number): number[] {
  const exact = (data: Float32Array, shape: number[]) => np.array(data).astype(np.float64).reshape(shape)
  const through = (layers: readonly Layer[], parameters: np.Array, input: np.Array) =>
    layers.reduce((units, { inputs, outputs, weights, biases }, index) => {
      const w = parameters.ref.slice([weights, weights + inputs * outputs]).reshape([inputs, outputs])
      const b = parameters.ref.slice([biases, biases + outputs])
      const next = np.matmul(units, w).add(b)
      return index < layers.length - 1 ? nn.relu(next) : next
    }, input)
  const { inputs, latentDimensions: k } = layout
  const loss = (parameters: np.Array) => {
    const encoded = through(layout.encoder, parameters, exact(batch.input, [rows, inputs]))
    const mu = encoded.ref.slice([], [0, k])
    const sigma = nn.softplus(encoded.slice([], [k, 2 * k]).sub(5))
    const z = mu.ref.add(sigma.ref.mul(exact(batch.noise, [rows, k])))
    const terms = np.square(mu).add(np.square(sigma.ref)).sub(1).mul(0.5).sub(np.log(sigma))
    const logits = through(layout.decoder, parameters, z)
    const chosen = nn.oneHot(np.array([...batch.labels], { dtype: np.int32 }), 10).astype(np.float64)
    const crossEntropy = np.sum(nn.logSoftmax(logits).mul(chosen)).mul(-task / rows)
    return crossEntropy.add(np.sum(terms).mul(beta / rows))
  }
  return grad(loss)(exact(theta, [theta.length])).js() as number[]
}

describe.each(backends)('the gradient of the loss on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    defaultDevice('cpu')
    backend = await create()
  })
  afterAll(() => backend.dispose())

  describe.each(networks)('$name', ({ layout }) => {
    const { parameters } = layout

    it('is that of the library’s automatic differentiation, for every model with its own β', async () => {
      const found = await gradients(backend, layout)
      for (const [model, beta] of betas.entries()) {
        const own = found.subarray(model * parameters, (model + 1) * parameters)
        const expected = automatic(layout, parametersOf(layout, model), batchOf(layout, model), 1, beta)
        // float32 sums of a few products
        expect(difference(own, expected), `model ${model}`).toBeLessThan(3e-6)
      }
    })

    it('is that of central differences, in every parameter', async () => {
      const found = await gradients(backend, layout)
      for (const [model, beta] of betas.entries()) {
        const theta = Float64Array.from(parametersOf(layout, model))
        const loss = (place: number, step: number) => {
          const moved = theta.slice()
          moved[place] += step
          const { task, rate } = referenceLoss(layout, moved, batchOf(layout, model))
          return task + beta * rate
        }
        const step = 1e-5
        const expected = Float64Array.from(
          theta,
          (_, place) => (loss(place, step) - loss(place, -step)) / (2 * step),
        )
        expect(
          difference(found.subarray(model * parameters, (model + 1) * parameters), expected),
        ).toBeLessThan(3e-6)
      }
    })

    it('of the rate alone never reaches the decoder, and is the library’s in the encoder', async () => {
      const found = await gradients(backend, layout, true)
      for (const [model, beta] of betas.entries()) {
        const own = found.subarray(model * parameters, (model + 1) * parameters)
        expect(own.subarray(layout.decoderStart).every((entry) => entry === 0)).toBe(true)
        if (beta === 0) expect(own.every((entry) => entry === 0)).toBe(true)
        else {
          const expected = automatic(layout, parametersOf(layout, model), batchOf(layout, model), 0, beta)
          expect(difference(own, expected), `model ${model}`).toBeLessThan(3e-6)
        }
      }
    })
  })
})
