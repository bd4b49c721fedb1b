/** The training lab's hot loop, as `compare` times it on every backend: one training step of both models. */
import type { Backend } from '../../compute/backend.ts'
import { cutText } from '../../data/text.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { inTurn } from '../common/pace.ts'
import { summationTolerance } from '../common/rounding.ts'
import type { HotLoop } from '../experiment.ts'
import { drawParameters } from './firstParameters.ts'
import { DifferentiableModel } from './gradients.ts'
import { layoutOf, stepOperations } from './layout.ts'
import type { Queueing } from './model.ts'
import { embeddingStds, type TrainingValues } from './parameters.ts'
import { loadText } from './text.ts'
import { trainingWindows, UploadedWindows } from './windows.ts'

export async function createHotLoop(backend: Backend, values: TrainingValues): Promise<HotLoop> {
  const layout = layoutOf(values)
  const stds = embeddingStds(values)
  const models = stds.length
  const text = cutText(await loadText(values), values.vocab)
  const own = new OwnTensors(backend)
  const model = own.keep(new DifferentiableModel(backend, layout, models, values.batchSize))
  const words = own.keep(new UploadedWindows(backend, trainingWindows(text.training, layout, values, 0)))
  const row = () => own.create([models, layout.parameters])
  const [parameters, gradients, firstMoments, secondMoments] = [row(), row(), row(), row()]
  const norms = own.create([models])
  const alive = own.upload(new Float32Array(models).fill(1))
  for (const _ of drawParameters(backend, layout, parameters, stds, values.seed)) await backend.finished()

  function* step(): Queueing {
    yield* model.forward(parameters, words)
    yield* model.backward(parameters, words, gradients)
    const all = { tensor: gradients, rows: 1, columns: layout.parameters }
    backend.clipNorm(models, all, norms, Number.POSITIVE_INFINITY)
    // an update of size 0 costs as much as any other, and the next run begins with the same parameters
    const learningRate = 0
    backend.adam({ parameters, gradients, firstMoments, secondMoments, alive, learningRate, step: 1 })
    yield 0
  }

  return {
    async run(aborted) {
      await inTurn(backend, aborted, step())
      const losses = (await backend.read(model.losses)) as Float32Array
      const lossOf = (_: number, index: number) =>
        losses.subarray(index * model.rows, (index + 1) * model.rows).reduce((sum, loss) => sum + loss, 0) /
        model.rows
      const result = Float32Array.from([
        ...stds.map(lossOf),
        ...((await backend.read(norms)) as Float32Array),
      ])
      return {
        operations: models * stepOperations(layout, model.rows),
        result,
        resultName: 'loss (nats) and gradient’s norm of each model',
        // the longest sums: over the words of the vocabulary, the hidden units of a layer, the rows of a batch
        tolerance: summationTolerance(Math.max(values.vocab, 4 * values.dModel, model.rows), result),
      }
    },
    dispose: () => own.dispose(),
  }
}
