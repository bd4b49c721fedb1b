/** TensorFlow.js differentiates the loss itself and updates by its own Adam. */
import * as tf from '@tensorflow/tfjs-core'
// the core knows no gradient without it
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import type { VibStepTask } from '../contestant.ts'
import {
  adam,
  batchSize,
  beta,
  firstParameters,
  images,
  labels,
  latentDimensions,
  layers,
  layout,
  learningRate,
  noise,
} from './model.ts'

type Layer = { weights: tf.Variable; biases: tf.Variable }

/**
 * The library's own gradient of a product gives transposed factors to a plain loop on WASM; transposed before, they
 * take the fast path, ten times as fast. On WebGPU it makes no difference.
 */
function product(left: tf.Tensor, right: tf.Tensor): tf.Tensor {
  const compute = (x: tf.Tensor, w: tf.Tensor, save: tf.Save) => {
    save([x, w])
    return {
      value: tf.matMul(x, w),
      gradFunc: (dy: tf.Tensor, [x, w]: tf.Tensor[]) => [
        tf.matMul(dy, tf.transpose(w)),
        tf.matMul(tf.transpose(x), dy),
      ],
    }
  }
  return tf.customGrad(compute)(left, right)
}

/** Nothing needs the images' own gradient. */
function firstProduct(images: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const compute = (w: tf.Tensor) => ({
    value: tf.matMul(images, w),
    gradFunc: (dy: tf.Tensor) => [tf.matMul(tf.transpose(images), dy)],
  })
  return tf.customGrad(compute)(weights)
}

function through(chain: readonly Layer[], input: tf.Tensor, first: typeof product): tf.Tensor {
  return chain.reduce((units, { weights, biases }, index) => {
    const next = tf.add((index > 0 ? product : first)(units, weights), biases)
    return index < chain.length - 1 ? tf.relu(next) : next
  }, input)
}

/** Steps in turn, and the gradient. `resident` sends values to where they are computed with. */
export async function vibStep(
  { steps }: VibStepTask,
  resident: (values: Float32Array, shape: [number, number]) => Promise<tf.Tensor>,
): Promise<{ compute(): tf.Tensor; gradient(): Promise<Float32Array> }> {
  const first = firstParameters()
  const parameters: Layer[] = []
  for (const { inputs, outputs, weights, biases } of layers)
    parameters.push({
      weights: tf.variable(
        await resident(first.slice(weights, weights + inputs * outputs), [inputs, outputs]),
      ),
      biases: tf.variable(await resident(first.slice(biases, biases + outputs), [1, outputs])),
    })
  const input = await resident(images(), [batchSize, layout.inputs])
  const noises = await resident(noise(), [batchSize, latentDimensions])
  const oneHot = new Float32Array(10 * batchSize)
  for (const [image, label] of labels().entries()) oneHot[10 * image + label] = 1
  const targets = await resident(oneHot, [batchSize, 10])
  const encoder = parameters.slice(0, layout.encoder.length)
  const decoder = parameters.slice(layout.encoder.length)

  const loss = () => {
    const [mu, rho] = tf.split(through(encoder, input, firstProduct), 2, 1)
    const sigma = tf.softplus(tf.sub(rho, 5))
    const z = tf.add(mu, tf.mul(sigma, noises))
    const squares = tf.sub(tf.add(tf.square(mu), tf.square(sigma)), 1)
    const rate = tf.sum(tf.sub(tf.mul(squares, 0.5), tf.log(sigma)))
    const task = tf.losses.softmaxCrossEntropy(targets, through(decoder, z, product))
    return tf.add(task, tf.mul(rate, beta / batchSize))
  }
  const optimizer = tf.train.adam(learningRate, adam.beta1, adam.beta2, adam.epsilon)
  function compute(): tf.Tensor {
    const losses = Array.from({ length: steps }, () =>
      // what a step leaves is freed before the next
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss)
        optimizer.applyGradients(grads)
        return value
      }),
    )
    return tf.stack(losses)
  }

  async function gradient(): Promise<Float32Array> {
    const { value, grads } = tf.variableGrads(loss)
    const row = new Float32Array(layout.parameters)
    for (const [index, { weights, biases }] of layers.entries()) {
      row.set(await grads[parameters[index].weights.name].data(), weights)
      row.set(await grads[parameters[index].biases.name].data(), biases)
    }
    for (const tensor of [value, ...Object.values(grads)]) tensor.dispose()
    return row
  }
  return { compute, gradient }
}
