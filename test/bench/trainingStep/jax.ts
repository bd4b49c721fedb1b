/** jax-js differentiates the loss itself; loss, gradient and Adam are one compiled function. */
import { blockUntilReady, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import type { Prepared, TrainingStepTask } from '../contestant.ts'
import {
  adam,
  batch,
  context,
  dModel,
  firstParameters,
  heads,
  headWidth,
  inputBytes,
  joined,
  learningRate,
  normEpsilon,
  rows,
  sequences,
} from './model.ts'

const norm = (x: np.Array) => nn.standardize(x, -1, { epsilon: normEpsilon })
const through = (x: np.Array, weights: np.Array, bias: np.Array) => np.matmul(x, weights).add(bias)

function attention(projected: np.Array): np.Array {
  const part = (index: number, from: np.Array) =>
    from.slice([], [index * dModel, (index + 1) * dModel]).reshape([sequences, context, heads, headWidth])
  const attended = nn.dotProductAttention(
    part(0, projected.ref),
    part(1, projected.ref),
    part(2, projected),
    {
      isCausal: true,
    },
  )
  return attended.reshape([rows, dModel])
}

/** In the order of `parameterShapes`. */
function lossOf(parameters: np.Array[], inputs: np.Array, labels: np.Array): np.Array {
  const [table, positions, ...layers] = parameters
  // a reshaped gradient cannot be scattered: the embedded rows stay as they are taken
  const x = np.take(table.ref, inputs, 0).add(np.tile(positions, [sequences, 1]))
  const attended = attention(through(norm(x.ref), layers[0], layers[1]))
  const middle = x.add(through(attended, layers[2], layers[3]))
  const units = nn.gelu(through(norm(middle.ref), layers[4], layers[5]), { approximate: true })
  const state = norm(middle.add(through(units, layers[6], layers[7])))
  const logits = np.matmul(state.ref, np.matrixTranspose(table.ref))
  // the label's own logit from its row of the table: no array of the vocabulary's width is needed for it
  const own = np.sum(state.mul(np.take(table, labels, 0)), 1)
  return np.mean(nn.logsumexp(logits, 1).sub(own))
}

/** One array's update; `corrections` are 1 − β₁ᵗ and 1 − β₂ᵗ. */
function update(value: np.Array, gradient: np.Array, moments: np.Array[], corrections: np.Array[]) {
  const first = moments[0].mul(adam.beta1).add(gradient.ref.mul(1 - adam.beta1))
  const second = moments[1].mul(adam.beta2).add(np.square(gradient).mul(1 - adam.beta2))
  const size = np.sqrt(second.ref.div(corrections[1].ref)).add(adam.epsilon)
  const step = first.ref.div(corrections[0].ref).div(size).mul(learningRate)
  return { value: value.sub(step), moments: [first, second] }
}

const lossAndGradients = valueAndGrad(lossOf) as (
  parameters: np.Array[],
  inputs: np.Array,
  labels: np.Array,
) => [np.Array, np.Array[]]

const gradientsAlone = jit((...given: Parameters<typeof lossAndGradients>) => {
  const [loss, gradients] = lossAndGradients(...given)
  loss.dispose()
  return gradients
})

const step = jit(
  (
    parameters: np.Array[],
    moments: np.Array[][],
    corrections: np.Array[],
    inputs: np.Array,
    labels: np.Array,
  ) => {
    const given = parameters.map((value) => value.ref)
    const [loss, gradients] = lossAndGradients(given, inputs, labels)
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

export async function trainingStep(task: TrainingStepTask): Promise<Prepared> {
  const words = batch(task)
  const [inputs, labels] = [words.inputs, words.labels].map((ids) =>
    np.array(Int32Array.from(ids), { shape: [rows], dtype: np.int32 }),
  )
  let parameters = firstParameters(task).map(({ shape, values }) =>
    np.array(values, { shape: shape[0] === 1 ? [shape[1]] : [...shape] }),
  )
  let moments = parameters.map((value) => [np.zerosLike(value.ref), np.zerosLike(value.ref)])
  let losses: np.Array[] = []
  let done = 0
  await blockUntilReady([inputs, labels, parameters, moments])
  return {
    inputBytes,
    async run() {
      for (const loss of losses) loss.dispose()
      losses = []
      for (let count = 0; count < task.steps; count++) {
        done++
        const corrections = [adam.beta1, adam.beta2].map((decay) => np.array(1 - decay ** done))
        const next = step(parameters, moments, corrections, inputs.ref, labels.ref)
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
      const gradients = gradientsAlone(given, inputs.ref, labels.ref) as np.Array[]
      return joined((await Promise.all(gradients.map((gradient) => gradient.data()))) as Float32Array[])
    },
  }
}
