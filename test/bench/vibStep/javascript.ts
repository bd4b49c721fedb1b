/** The same steps by loops in float64, the gradient written out by hand: the reference of losses and gradient. */
import type { Prepared, VibStepTask } from '../contestant.ts'
import {
  adam,
  batchSize,
  beta,
  firstParameters,
  images,
  latentDimensions as k,
  labels,
  type layers,
  layout,
  learningRate,
  noise,
} from './model.ts'

type Layer = (typeof layers)[number]

/** ReLU or not, [batch, inputs] to [batch, outputs]. */
function forward(
  { inputs, outputs, weights, biases }: Layer,
  theta: Float64Array,
  x: Float64Array,
  relu: boolean,
) {
  const y = new Float64Array(batchSize * outputs)
  for (let row = 0; row < batchSize; row++) {
    const sums = y.subarray(row * outputs, (row + 1) * outputs)
    sums.set(theta.subarray(biases, biases + outputs))
    for (let i = 0; i < inputs; i++) {
      const factor = x[row * inputs + i]
      const start = weights + i * outputs
      for (let j = 0; j < outputs; j++) sums[j] += factor * theta[start + j]
    }
    if (relu) for (let j = 0; j < outputs; j++) sums[j] = Math.max(0, sums[j])
  }
  return y
}

/** Adds up this layer's gradient and answers its input's. */
function backward(
  { inputs, outputs, weights, biases }: Layer,
  theta: Float64Array,
  x: Float64Array,
  dy: Float64Array,
  gradient: Float64Array,
) {
  const dx = new Float64Array(batchSize * inputs)
  for (let row = 0; row < batchSize; row++) {
    for (let j = 0; j < outputs; j++) gradient[biases + j] += dy[row * outputs + j]
    for (let i = 0; i < inputs; i++) {
      const factor = x[row * inputs + i]
      const start = weights + i * outputs
      let sum = 0
      for (let j = 0; j < outputs; j++) {
        const d = dy[row * outputs + j]
        gradient[start + j] += factor * d
        sum += theta[start + j] * d
      }
      dx[row * inputs + i] = sum
    }
  }
  return dx
}

/** The batch's loss; the gradient is added up. */
function lossAndGradient(
  theta: Float64Array,
  x: Float64Array,
  v: Float32Array,
  targets: Uint32Array,
  gradient: Float64Array,
) {
  const last = layout.encoder.length - 1
  const units = [x]
  for (const [index, layer] of layout.encoder.entries())
    units.push(forward(layer, theta, units[index], index < last))
  const encoded = units[last + 1]
  const z = new Float64Array(batchSize * k)
  const sigmas = new Float64Array(batchSize * k)
  let loss = 0
  for (let row = 0; row < batchSize; row++)
    for (let j = 0; j < k; j++) {
      const mu = encoded[row * 2 * k + j]
      const sigma = Math.log1p(Math.exp(encoded[row * 2 * k + k + j] - 5))
      sigmas[row * k + j] = sigma
      z[row * k + j] = mu + sigma * v[row * k + j]
      loss += (beta * ((mu * mu + sigma * sigma - 1) / 2 - Math.log(sigma))) / batchSize
    }
  const [decoder] = layout.decoder
  const logits = forward(decoder, theta, z, false)
  for (let row = 0; row < batchSize; row++) {
    const ten = logits.subarray(row * 10, (row + 1) * 10)
    const exponentials = ten.map(Math.exp)
    const total = exponentials.reduce((sum, one) => sum + one, 0)
    loss += (Math.log(total) - ten[targets[row]]) / batchSize
    // from here on, the gradient with respect to the logits
    for (let j = 0; j < 10; j++) ten[j] = (exponentials[j] / total - (j === targets[row] ? 1 : 0)) / batchSize
  }
  const dz = backward(decoder, theta, z, logits, gradient)
  let dy: Float64Array = new Float64Array(batchSize * 2 * k)
  for (let row = 0; row < batchSize; row++)
    for (let j = 0; j < k; j++) {
      const at = row * 2 * k + j
      const sigma = sigmas[row * k + j]
      const byMu = dz[row * k + j]
      const bySigma = byMu * v[row * k + j] + (beta / batchSize) * (sigma - 1 / sigma)
      dy[at] = byMu + (beta / batchSize) * encoded[at]
      dy[at + k] = bySigma / (1 + Math.exp(5 - encoded[at + k]))
    }
  for (let index = last; index >= 0; index--) {
    const dx = backward(layout.encoder[index], theta, units[index], dy, gradient)
    dy = dx.map((value, at) => (units[index][at] > 0 ? value : 0))
  }
  return loss
}

export function vibStep({ steps }: VibStepTask): Prepared {
  const theta = Float64Array.from(firstParameters())
  const first = new Float64Array(theta.length)
  const second = new Float64Array(theta.length)
  const x = Float64Array.from(images())
  const v = noise()
  const targets = labels()
  const { beta1, beta2, epsilon } = adam
  let losses = new Float32Array()
  let done = 0

  function step(): number {
    const gradient = new Float64Array(theta.length)
    const loss = lossAndGradient(theta, x, v, targets, gradient)
    done++
    for (let at = 0; at < theta.length; at++) {
      first[at] = beta1 * first[at] + (1 - beta1) * gradient[at]
      second[at] = beta2 * second[at] + (1 - beta2) * gradient[at] ** 2
      const size = Math.sqrt(second[at] / (1 - beta2 ** done)) + epsilon
      theta[at] -= (learningRate * first[at]) / (1 - beta1 ** done) / size
    }
    return loss
  }

  return {
    inputBytes: 0,
    async run() {
      losses = Float32Array.from({ length: steps }, step)
    },
    result: async () => losses,
    async gradient() {
      const gradient = new Float64Array(theta.length)
      lossAndGradient(theta, x, v, targets, gradient)
      return Float32Array.from(gradient)
    },
  }
}
