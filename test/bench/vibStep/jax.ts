/** The bottleneck of the preset `paper` in jax-js. */
import { nn, numpy as np } from '@jax-js/jax'
import type { Prepared, VibStepTask } from '../contestant.ts'
import { prepareTraining } from '../contestants/jaxTraining.ts'
import {
  adam,
  batchSize,
  beta,
  firstParameters,
  images,
  inputBytes,
  labels,
  latentDimensions,
  layers,
  layout,
  learningRate,
  noise,
} from './model.ts'

type Layer = { weights: np.Array; biases: np.Array }

const encoderLayers = layout.encoder.length

/** Weights are kept as [outputs, inputs]: a little faster on WASM than the other way. */
function transposed(weights: Float32Array, outputs: number): Float32Array<ArrayBuffer> {
  const inputs = weights.length / outputs
  return Float32Array.from(weights, (_, at) => weights[(at % inputs) * outputs + Math.floor(at / inputs)])
}

function through(chain: Layer[], input: np.Array): np.Array {
  return chain.reduce((units, { weights, biases }, index) => {
    const next = np.matmul(units, np.matrixTranspose(weights)).add(biases)
    return index < chain.length - 1 ? nn.relu(next) : next
  }, input)
}

/** Of the parameters, weights before biases, layer by layer. */
function lossOf(flat: np.Array[], input: np.Array, noises: np.Array, targets: np.Array): np.Array {
  const parameters = layers.map((_, index) => ({ weights: flat[2 * index], biases: flat[2 * index + 1] }))
  const encoded = through(parameters.slice(0, encoderLayers), input)
  const mu = encoded.ref.slice([], [0, latentDimensions])
  const sigma = nn.softplus(encoded.slice([], [latentDimensions, 2 * latentDimensions]).sub(5))
  const z = mu.ref.add(sigma.ref.mul(noises))
  const rate = np.sum(np.square(mu).add(np.square(sigma.ref)).sub(1).mul(0.5).sub(np.log(sigma)))
  const logits = through(parameters.slice(encoderLayers), z)
  const task = np.sum(nn.logSoftmax(logits).mul(targets)).neg()
  return task.add(rate.mul(beta)).div(batchSize)
}

export function vibStep({ steps }: VibStepTask): Promise<Prepared> {
  const first = firstParameters()
  const input = np.array(images(), { shape: [batchSize, layout.inputs] })
  const noises = np.array(noise(), { shape: [batchSize, latentDimensions] })
  const targets = nn.oneHot(np.array([...labels()], { dtype: np.int32 }), 10)
  const parameters = layers.flatMap(({ inputs, outputs, weights, biases }) => [
    np.array(transposed(first.subarray(weights, weights + inputs * outputs), outputs), {
      shape: [outputs, inputs],
    }),
    np.array(first.slice(biases, biases + outputs), { shape: [outputs] }),
  ])
  return prepareTraining({
    lossOf,
    parameters,
    inputs: [input, noises, targets],
    learningRate,
    beta1: adam.beta1,
    steps,
    inputBytes,
    joined: (gradients) => {
      const row = new Float32Array(layout.parameters)
      for (const [index, { inputs, weights, biases }] of layers.entries()) {
        row.set(transposed(gradients[2 * index], inputs), weights)
        row.set(gradients[2 * index + 1], biases)
      }
      return row
    },
  })
}
