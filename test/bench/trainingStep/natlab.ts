/** As the lab's trainer queues its steps, with the norm of the gradient and the watch over what is not finite. */
import type { Backend } from '../../../src/compute/backend.ts'
import { DifferentiableModel } from '../../../src/labs/training/gradients.ts'
import { layoutOf } from '../../../src/labs/training/layout.ts'
import type { Queueing } from '../../../src/labs/training/model.ts'
import { UploadedWindows } from '../../../src/labs/training/windows.ts'
import type { Prepared, TrainingStepTask } from '../contestant.ts'
import {
  batch,
  context,
  dModel,
  firstParameters,
  heads,
  inputBytes,
  joined,
  learningRate,
  sequences,
} from './model.ts'

export function trainingStep(backend: Backend, task: TrainingStepTask): Prepared {
  const layout = layoutOf({
    ...{ architecture: 'preNorm', layers: 1, embeddingScale: 'one' },
    ...{ heads, dModel, context, vocab: task.words },
  })
  const shape = [1, layout.parameters]
  // the layout has them in the same order, without gaps
  const parameters = backend.upload(joined(firstParameters(task).map(({ values }) => values)), shape)
  const gradients = backend.createTensor(shape)
  const firstMoments = backend.createTensor(shape)
  const secondMoments = backend.createTensor(shape)
  const norms = backend.createTensor([1])
  const alive = backend.upload(Float32Array.of(1), [1])
  const history = backend.createTensor([1, task.steps])
  const model = new DifferentiableModel(backend, layout, 1, sequences)
  const words = new UploadedWindows(backend, batch(task))
  let done = 0

  function queueStep(place: number): void {
    queue(model.forward(parameters, words))
    const losses = { tensor: model.losses, rows: 1, columns: model.rows }
    backend.markFinite(1, alive, losses)
    const sum = { tensor: history, offset: place, rows: 1, columns: 1 }
    backend.columnSums(1, sum, { tensor: model.losses, rows: model.rows, columns: 1 })
    queue(model.backward(parameters, words, gradients))
    const all = { tensor: gradients, rows: 1, columns: layout.parameters }
    backend.clipNorm(1, all, norms, Number.POSITIVE_INFINITY)
    backend.markFinite(1, alive, { tensor: norms, rows: 1, columns: 1 })
    const moments = { firstMoments, secondMoments }
    backend.adam({ parameters, gradients, ...moments, alive, learningRate, step: ++done })
  }

  return {
    inputBytes,
    run: () => {
      for (let step = 0; step < task.steps; step++) queueStep(step)
      return backend.finished()
    },
    async result() {
      const sums = (await backend.read(history)) as Float32Array
      return sums.map((sum) => sum / model.rows)
    },
    async gradient() {
      queue(model.forward(parameters, words))
      queue(model.backward(parameters, words, gradients))
      return (await backend.read(gradients)) as Float32Array
    },
  }
}

/** What the trainer queues in parts, at once. */
function queue(parts: Queueing): void {
  for (const _ of parts);
}
