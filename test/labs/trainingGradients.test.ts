/**
 * The whole gradient of tiny language models of every architecture on both backends, compared with the automatic
 * differentiation of jax-js in float64 and with central differences of a plain float64 loss.
 */
import { defaultDevice, grad, nn, numpy as np } from '@jax-js/jax'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { DifferentiableModel } from '../../src/labs/training/gradients.ts'
import { type Layout, type Linear, layoutOf, type ParameterMatrix } from '../../src/labs/training/layout.ts'
import { UploadedWindows } from '../../src/labs/training/windows.ts'
import { backends } from '../kernels/backends.ts'
import { centralDifferences } from '../kernels/manyModels.ts'
import { type ReferenceBatch, referenceLoss } from './trainingReference.ts'

const sequences = 2
const models = 2
const sizes = { layers: 1, heads: 2, dModel: 6, vocab: 9, context: 3, embeddingScale: 'one' } as const

const layouts: readonly [string, Layout][] = [
  ['preNorm', layoutOf({ ...sizes, architecture: 'preNorm' })],
  [
    'preNorm of two layers, embeddings times √d',
    layoutOf({ ...sizes, architecture: 'preNorm', dModel: 4, layers: 2, embeddingScale: 'sqrtDModel' }),
  ],
  [
    'postNorm of two layers',
    layoutOf({ ...sizes, architecture: 'postNorm', dModel: 3, layers: 2, heads: 3 }),
  ],
  [
    'postNorm, embeddings times √d',
    layoutOf({ ...sizes, architecture: 'postNorm', heads: 1, embeddingScale: 'sqrtDModel' }),
  ],
  ['mlp', layoutOf({ ...sizes, architecture: 'mlp' })],
  [
    'mlp, embeddings times √d',
    layoutOf({ ...sizes, architecture: 'mlp', dModel: 5, embeddingScale: 'sqrtDModel' }),
  ],
]

/** Numbers that look random but are always the same. */
const scattered = (length: number, phase: number) =>
  Float32Array.from(
    { length },
    (_, i) => 0.8 * Math.sin(12.9898 * (i + 1) + phase) * Math.cos(3.7 * i * i + phase),
  )

/** Words with repetitions, as inputs and as labels. */
function batchOf({
  context,
  inputWords,
  vocab,
}: Layout): ReferenceBatch & { inputs: Uint32Array; labels: Uint32Array } {
  const rows = sequences * context
  const words = (length: number, factor: number) =>
    Uint32Array.from({ length }, (_, i) => (factor * i * i + i) % vocab)
  return { sequences, inputs: words(rows * inputWords, 2), labels: words(rows, 3) }
}
const parametersOf = ({ parameters }: Layout, model: number) => scattered(parameters, 20 + model)

/** Mean losses of all models, and their gradients [models, parameters]. */
async function computed(backend: Backend, layout: Layout) {
  const { parameters } = layout
  const theta = new Float32Array(models * parameters)
  for (let model = 0; model < models; model++) theta.set(parametersOf(layout, model), model * parameters)
  const tensor = backend.upload(theta, [models, parameters])
  // old contents of the tensor must not count
  const gradients = backend.upload(theta, [models, parameters])
  const words = new UploadedWindows(backend, batchOf(layout))
  const model = new DifferentiableModel(backend, layout, models, sequences)
  for (const _ of model.forward(tensor, words));
  for (const _ of model.backward(tensor, words, gradients));
  const losses = (await backend.read(model.losses)) as Float32Array
  const read = (await backend.read(gradients)) as Float32Array
  for (const one of [tensor, gradients, words, model]) one.dispose()
  return Array.from({ length: models }, (_, index) => ({
    loss:
      losses.subarray(index * model.rows, (index + 1) * model.rows).reduce((sum, one) => sum + one, 0) /
      model.rows,
    gradient: read.subarray(index * parameters, (index + 1) * parameters),
  }))
}

/** Which entries of a row belong to a matrix; the others are not compared. */
function meant({ embedding, positions, parts, parameters }: Layout): boolean[] {
  const known = Array<boolean>(parameters).fill(false)
  const linears = parts.flatMap((part) =>
    part.kind === 'attention' ? [part.project, part.output] : [part.up, part.down],
  )
  const matrices = [
    embedding,
    ...(positions ? [positions] : []),
    ...linears.flatMap(({ weights, biases }) => [weights, biases]),
  ]
  for (const { offset, rows, columns } of matrices) known.fill(true, offset, offset + rows * columns)
  return known
}

/** Largest difference, as a share of the largest entry. */
function difference(layout: Layout, found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const known = meant(layout)
  let largest = 0
  let most = 0
  for (let i = 0; i < expected.length; i++) {
    if (!known[i]) continue
    largest = Math.max(largest, Math.abs(expected[i]))
    most = Math.max(most, Math.abs(found[i] - expected[i]))
  }
  return most / largest
}

/** The gradient of the textbook's formula by the library. */
function automatic(layout: Layout, theta: Float32Array, batch: ReferenceBatch): number[] {
  const { architecture, dModel, heads, context, inputWords, embedding, positions, vocab } = layout
  const rows = sequences * context
  const width = dModel / heads
  const exact = (data: Float32Array, shape: number[]) => np.array(data).astype(np.float64).reshape(shape)
  const hot = (ids: ArrayLike<number>) =>
    nn.oneHot(np.array([...Array.from(ids)], { dtype: np.int32 }), vocab).astype(np.float64)
  const loss = (parameters: np.Array) => {
    const matrix = ({ offset, rows, columns }: ParameterMatrix) =>
      parameters.ref.slice([offset, offset + rows * columns]).reshape([rows, columns])
    const linear = ({ weights, biases }: Linear, input: np.Array) =>
      np.matmul(input, matrix(weights)).add(matrix(biases))
    const layerNorm = (input: np.Array) => {
      const centred = input.ref.sub(np.mean(input, 1, { keepdims: true }))
      const variance = np.mean(np.square(centred.ref), 1, { keepdims: true })
      return centred.div(np.sqrt(variance.add(1e-5)))
    }
    const attention = (projected: np.Array) => {
      const part = (which: number) =>
        projected.ref
          .slice([], [which * dModel, (which + 1) * dModel])
          .reshape([sequences, context, heads, width])
          .transpose([0, 2, 1, 3])
      const [queries, keys, values] = [part(0), part(1), part(2)]
      projected.dispose()
      const behind = Float32Array.from({ length: context ** 2 }, (_, at) =>
        at % context > Math.floor(at / context) ? -1e9 : 0,
      )
      const scores = np
        .matmul(queries, keys.transpose([0, 1, 3, 2]))
        .mul(width ** -0.5)
        .add(exact(behind, [context, context]))
      return np.matmul(nn.softmax(scores, -1), values).transpose([0, 2, 1, 3]).reshape([rows, dModel])
    }
    let x = np
      .matmul(hot(batch.inputs), matrix(embedding))
      .mul(layout.embeddingScale)
      .reshape([rows, inputWords * dModel])
    if (positions)
      x = x
        .reshape([sequences, context * dModel])
        .add(matrix(positions).reshape([1, context * dModel]))
        .reshape([rows, dModel])
    for (const part of layout.parts) {
      const through = (input: np.Array) =>
        part.kind === 'attention'
          ? linear(part.output, attention(linear(part.project, input)))
          : linear(part.down, nn.gelu(linear(part.up, input), { approximate: true }))
      if (architecture === 'preNorm') x = x.ref.add(through(layerNorm(x)))
      else if (architecture === 'postNorm') x = layerNorm(x.ref.add(through(x)))
      else x = through(x)
    }
    const logits = np.matmul(layerNorm(x), matrix(embedding).transpose())
    return np.sum(nn.logSoftmax(logits).mul(hot(batch.labels))).mul(-1 / rows)
  }
  return grad(loss)(exact(theta, [theta.length])).js() as number[]
}

/** Computed once for both backends. */
const references = layouts.map(([, layout]) => {
  const batch = batchOf(layout)
  let found: { loss: number; differences?: ArrayLike<number>; automatic: ArrayLike<number> }[] | undefined
  return () => {
    found ??= Array.from({ length: models }, (_, model) => {
      const theta = parametersOf(layout, model)
      return {
        loss: referenceLoss(layout, Float64Array.from(theta), batch),
        // central differences are slow, so they check the library on one model; the library checks both models
        differences:
          model === 0 ? centralDifferences((point) => referenceLoss(layout, point, batch), theta) : undefined,
        automatic: automatic(layout, theta, batch),
      }
    })
    return found
  }
})

describe.each(backends)('the gradient of a language model’s loss on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    defaultDevice('cpu')
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it.each(layouts)('is right in every parameter: %s', async (_, layout) => {
    const expected = references[layouts.findIndex(([, one]) => one === layout)]()
    for (const [model, { loss, gradient }] of (await computed(backend, layout)).entries()) {
      const right = expected[model]
      expect(Math.abs(loss / right.loss - 1)).toBeLessThan(1e-6)
      // float32, and a normalisation that divides nearly cancelled values
      for (const reference of [right.differences, right.automatic])
        if (reference) expect(difference(layout, gradient, reference), `model ${model}`).toBeLessThan(1e-5)
    }
  })
})
