/** TensorFlow.js differentiates the loss itself and updates by its own Adam. */
import * as tf from '@tensorflow/tfjs-core'
// the core knows no gradient without it
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import { adam } from '../adam.ts'
import type { TrainingStepTask } from '../contestant.ts'
import {
  batch,
  context,
  dModel,
  firstParameters,
  heads,
  headWidth,
  joined,
  learningRate,
  normEpsilon,
  type ParameterShape,
  rows,
  sequences,
} from './model.ts'

const flipped = (x: tf.Tensor) => tf.transpose(x, x.rank === 4 ? [0, 1, 3, 2] : [1, 0])

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
        tf.matMul(dy, flipped(w)),
        tf.matMul(flipped(x), dy),
      ],
    }
  }
  return tf.customGrad(compute)(left, right)
}

/** The library's own gradient needs a kernel that its WASM backend does not have. */
function rowsOf(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const compute = (table: tf.Tensor) => ({
    value: tf.gather(table, ids),
    gradFunc: (dy: tf.Tensor) => [tf.scatterND(tf.reshape(ids, [rows, 1]), dy, table.shape)],
  })
  return tf.customGrad(compute)(table)
}

function norm(x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, 1, true))
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), normEpsilon)))
}

const through = (x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor) => tf.add(product(x, weights), bias)

function attention(projected: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const [queries, keys, values] = tf
    .split(projected, 3, 1)
    .map((part) => tf.transpose(tf.reshape(part, [sequences, context, heads, headWidth]), [0, 2, 1, 3]))
  const scores = tf.mul(product(queries, flipped(keys)), 1 / Math.sqrt(headWidth))
  const attended = product(tf.softmax(tf.add(scores, mask)), values)
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [rows, dModel])
}

function gelu(x: tf.Tensor): tf.Tensor {
  const cubic = tf.mul(tf.mul(tf.square(x), x), 0.044715)
  const t = tf.tanh(tf.mul(tf.add(x, cubic), Math.sqrt(2 / Math.PI)))
  return tf.mul(tf.mul(x, 0.5), tf.add(t, 1))
}

/** Steps in turn, and the gradient. `resident` sends values to where they are computed with. */
export async function trainingStep(
  task: TrainingStepTask,
  resident: (values: Float32Array | Int32Array, shape: number[]) => Promise<tf.Tensor>,
): Promise<{ compute(): tf.Tensor; gradient(): Promise<Float32Array> }> {
  const words = batch(task)
  const inputs = await resident(Int32Array.from(words.inputs), [rows])
  const labels = await resident(Int32Array.from(words.labels), [rows])
  // added to the scores: positions behind a row's own have no share
  const behind = Float32Array.from({ length: context ** 2 }, (_, at) =>
    at % context > Math.floor(at / context) ? -1e9 : 0,
  )
  const mask = await resident(behind, [context, context])
  const parameters = {} as Record<ParameterShape['name'], tf.Variable>
  for (const { name, shape, values } of firstParameters(task))
    parameters[name] = tf.variable(await resident(values, [...shape]))
  const { table, positions, attend, attendBias, combine, combineBias } = parameters
  const { widen, widenBias, narrow, narrowBias } = parameters

  const loss = () => {
    const embedded = tf.reshape(rowsOf(table, inputs), [sequences, context, dModel])
    const x = tf.reshape(tf.add(embedded, positions), [rows, dModel])
    const attended = attention(through(norm(x), attend, attendBias), mask)
    const middle = tf.add(x, through(attended, combine, combineBias))
    const units = gelu(through(norm(middle), widen, widenBias))
    const state = norm(tf.add(middle, through(units, narrow, narrowBias)))
    const logits = product(state, flipped(table))
    return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, task.words), logits)
  }
  const optimizer = tf.train.adam(learningRate, adam.beta1, adam.beta2, adam.epsilon)
  function compute(): tf.Tensor {
    const losses = Array.from({ length: task.steps }, () =>
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
    const all = await Promise.all(Object.values(parameters).map(({ name }) => grads[name].data()))
    for (const tensor of [value, ...Object.values(grads)]) tensor.dispose()
    return joined(all)
  }
  return { compute, gradient }
}
