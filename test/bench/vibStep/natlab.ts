/** As the lab's trainer queues its steps, with its sums of losses and its watch over what is not finite. */
import type { Backend } from '../../../src/compute/backend.ts'
import { DifferentiableModel } from '../../../src/labs/vib/gradients.ts'
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
  layout,
  learningRate,
  noise,
} from './model.ts'

export function vibStep(backend: Backend, { steps }: VibStepTask): Prepared {
  const shape = [1, layout.parameters]
  const parameters = backend.upload(firstParameters(), shape)
  const gradients = backend.createTensor(shape)
  const firstMoments = backend.createTensor(shape)
  const secondMoments = backend.createTensor(shape)
  const alive = backend.upload(Float32Array.of(1), [1])
  const betas = backend.upload(Float32Array.of(beta), [1])
  const history = backend.createTensor([2, steps])
  const rows = (data: Float32Array | Uint32Array, count: number, columns: number) => ({
    tensor: backend.upload(data, [count, columns]),
    rows: count,
    columns,
  })
  const model = new DifferentiableModel(backend, layout, 1, batchSize)
  const pass = {
    models: 1,
    rows: batchSize,
    parameters: { tensor: parameters },
    input: rows(images(), batchSize, layout.inputs),
    noise: rows(noise(), batchSize, latentDimensions),
    labels: rows(labels(), 1, batchSize),
  }
  let done = 0

  function queueStep(place: number): void {
    model.forward(pass)
    model.backward(pass, { tensor: gradients }, betas)
    const figures = [model.losses, model.rates].map((tensor) => model.perRow(tensor, pass))
    for (const one of [...figures, { tensor: gradients, rows: 1, columns: layout.parameters }])
      backend.markFinite(1, alive, one)
    for (const [row, { tensor }] of figures.entries())
      backend.columnSums(
        1,
        { tensor: history, offset: row * steps + place, rows: 1, columns: 1 },
        { tensor, rows: batchSize, columns: 1 },
      )
    const moments = { firstMoments, secondMoments }
    backend.adam({
      ...{ parameters, gradients, ...moments, alive },
      ...{ learningRate, step: ++done, decay1: adam.beta1 },
    })
  }

  return {
    inputBytes,
    run: () => {
      for (let step = 0; step < steps; step++) queueStep(step)
      return backend.finished()
    },
    async result() {
      const sums = (await backend.read(history)) as Float32Array
      return sums.subarray(0, steps).map((task, step) => (task + beta * sums[steps + step]) / batchSize)
    },
    async gradient() {
      model.forward(pass)
      model.backward(pass, { tensor: gradients }, betas)
      return (await backend.read(gradients)) as Float32Array
    },
  }
}
