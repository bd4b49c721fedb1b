/** The VIB loss in float64, by plain loops over a model's row of parameters; independent of the backends. */
import type { Layer, Layout } from '../../src/labs/vib/layout.ts'

export interface Batch {
  readonly rows: number
  /** [rows, inputs], −1…1 */
  readonly input: Float32Array
  /** [rows, K] */
  readonly noise: Float32Array
  /** [rows] */
  readonly labels: Uint32Array
}

function through(layers: readonly Layer[], theta: Float64Array, input: number[]): number[] {
  return layers.reduce((units, { inputs, outputs, weights, biases }, index) => {
    const next = Array.from({ length: outputs }, (_, j) => {
      let sum = theta[biases + j]
      for (let i = 0; i < inputs; i++) sum += units[i] * theta[weights + i * outputs + j]
      return sum
    })
    return index < layers.length - 1 ? next.map((value) => Math.max(0, value)) : next
  }, input)
}

/** Mean cross-entropy and mean rate of the batch, nats. */
export function referenceLoss(layout: Layout, theta: Float64Array, batch: Batch) {
  const { inputs, latentDimensions: k } = layout
  let task = 0
  let rate = 0
  for (let row = 0; row < batch.rows; row++) {
    const encoded = through(layout.encoder, theta, [
      ...batch.input.subarray(row * inputs, (row + 1) * inputs),
    ])
    const sigma = encoded.slice(k).map((rho) => Math.log1p(Math.exp(rho - 5)))
    const z = sigma.map((one, j) => encoded[j] + one * batch.noise[row * k + j])
    rate += sigma.reduce((sum, one, j) => sum + (encoded[j] ** 2 + one ** 2 - 1) / 2 - Math.log(one), 0)
    const logits = through(layout.decoder, theta, z)
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
    task += Math.log(total) - logits[batch.labels[row]]
  }
  return { task: task / batch.rows, rate: rate / batch.rows }
}
