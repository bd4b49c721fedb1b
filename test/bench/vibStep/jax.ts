/** jax-js differentiates the loss itself; loss, gradient and Adam are one compiled function. */
import { blockUntilReady, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import type { Prepared, VibStepTask } from '../contestant.ts'
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

function lossOf(parameters: Layer[], input: np.Array, noises: np.Array, targets: np.Array): np.Array {
  const encoded = through(parameters.slice(0, encoderLayers), input)
  const mu = encoded.ref.slice([], [0, latentDimensions])
  const sigma = nn.softplus(encoded.slice([], [latentDimensions, 2 * latentDimensions]).sub(5))
  const z = mu.ref.add(sigma.ref.mul(noises))
  const rate = np.sum(np.square(mu).add(np.square(sigma.ref)).sub(1).mul(0.5).sub(np.log(sigma)))
  const logits = through(parameters.slice(encoderLayers), z)
  const task = np.sum(nn.logSoftmax(logits).mul(targets)).neg()
  return task.add(rate.mul(beta)).div(batchSize)
}

/** One array's update; `corrections` are 1 − β₁ᵗ and 1 − β₂ᵗ. */
function update(value: np.Array, gradient: np.Array, moments: np.Array[], corrections: np.Array[]) {
  const first = moments[0].mul(adam.beta1).add(gradient.ref.mul(1 - adam.beta1))
  const second = moments[1].mul(adam.beta2).add(np.square(gradient).mul(1 - adam.beta2))
  const size = np.sqrt(second.ref.div(corrections[1].ref)).add(adam.epsilon)
  const step = first.ref.div(corrections[0].ref).div(size).mul(learningRate)
  return { value: value.sub(step), moments: [first, second] }
}

/** Loss and gradients of the parameters, weights before biases, layer by layer. */
function lossAndGradients(
  parameters: np.Array[],
  input: np.Array,
  noises: np.Array,
  targets: np.Array,
): [np.Array, np.Array[]] {
  const differentiated = valueAndGrad((flat: np.Array[], x: np.Array, v: np.Array, y: np.Array) => {
    const paired = layers.map((_, index) => ({ weights: flat[2 * index], biases: flat[2 * index + 1] }))
    return lossOf(paired, x, v, y)
  })
  return differentiated(parameters, input, noises, targets) as [np.Array, np.Array[]]
}

const gradientsAlone = jit((...given: Parameters<typeof lossAndGradients>) => {
  const [loss, gradients] = lossAndGradients(...given)
  loss.dispose()
  return gradients
})

const trainingStep = jit(
  (
    parameters: np.Array[],
    moments: np.Array[][],
    corrections: np.Array[],
    input: np.Array,
    noises: np.Array,
    targets: np.Array,
  ) => {
    const given = parameters.map((value) => value.ref)
    const [loss, gradients] = lossAndGradients(given, input, noises, targets)
    const updated = parameters.map((value, index) =>
      update(value, gradients[index], moments[index], corrections),
    )
    for (const correction of corrections) correction.dispose()
    return {
      loss,
      parameters: updated.map(({ value }) => value),
      moments: updated.map(({ moments }) => moments),
    }
  },
)

export async function vibStep({ steps }: VibStepTask): Promise<Prepared> {
  const first = firstParameters()
  const input = np.array(images(), { shape: [batchSize, layout.inputs] })
  const noises = np.array(noise(), { shape: [batchSize, latentDimensions] })
  const targets = nn.oneHot(np.array([...labels()], { dtype: np.int32 }), 10)
  let parameters = layers.flatMap(({ inputs, outputs, weights, biases }) => [
    np.array(transposed(first.subarray(weights, weights + inputs * outputs), outputs), {
      shape: [outputs, inputs],
    }),
    np.array(first.slice(biases, biases + outputs), { shape: [outputs] }),
  ])
  let moments = parameters.map((value) => [np.zerosLike(value.ref), np.zerosLike(value.ref)])
  let losses: np.Array[] = []
  let done = 0
  await blockUntilReady([input, noises, targets, parameters, moments])
  return {
    inputBytes,
    async run() {
      for (const loss of losses) loss.dispose()
      losses = []
      for (let step = 0; step < steps; step++) {
        done++
        const corrections = [adam.beta1, adam.beta2].map((decay) => np.array(1 - decay ** done))
        const next = trainingStep(parameters, moments, corrections, input.ref, noises.ref, targets.ref)
        losses.push(next.loss as np.Array)
        parameters = next.parameters as np.Array[]
        moments = next.moments as np.Array[][]
      }
      await blockUntilReady([losses, parameters, moments])
    },
    async result() {
      const values = await Promise.all(losses.map((loss) => loss.ref.data()))
      return Float32Array.from(values, ([loss]) => loss)
    },
    async gradient() {
      const given = parameters.map((value) => value.ref)
      const gradients = gradientsAlone(given, input.ref, noises.ref, targets.ref) as np.Array[]
      const values = (await Promise.all(gradients.map((gradient) => gradient.data()))) as Float32Array[]
      const row = new Float32Array(layout.parameters)
      for (const [index, { inputs, weights, biases }] of layers.entries()) {
        row.set(transposed(values[2 * index], inputs), weights)
        row.set(values[2 * index + 1], biases)
      }
      return row
    },
  }
}
