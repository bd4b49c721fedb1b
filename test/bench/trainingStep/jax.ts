/** The tied Transformer in jax-js. */
import { nn, numpy as np } from '@jax-js/jax'
import type { Prepared, TrainingStepTask } from '../contestant.ts'
import { prepareTraining } from '../contestants/jaxTraining.ts'
import {
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

export function trainingStep(task: TrainingStepTask): Promise<Prepared> {
  const words = batch(task)
  const inputs = [words.inputs, words.labels].map((ids) =>
    np.array(Int32Array.from(ids), { shape: [rows], dtype: np.int32 }),
  )
  const parameters = firstParameters(task).map(({ shape, values }) =>
    np.array(values, { shape: shape[0] === 1 ? [shape[1]] : [...shape] }),
  )
  return prepareTraining({
    lossOf,
    parameters,
    inputs,
    learningRate,
    steps: task.steps,
    inputBytes,
    joined,
  })
}
