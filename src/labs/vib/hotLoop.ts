/** The VIB lab's hot loop, as `compare` times it on every backend: training steps of all models on the same images. */
import type { Backend } from '../../compute/backend.ts'
import { loadTraining } from '../../data/mnist.ts'
import { trainingPool } from '../../data/order.ts'
import type { HotLoop, ParameterValues } from '../lab.ts'
import { imageSet } from './images.ts'
import { layoutOf, operationsOf } from './layout.ts'
import { betasOf, seedCount, typed } from './parameters.ts'
import { distinctBetas } from './parts.ts'
import { Trainer } from './trainer.ts'

/** So few that rounding has no time to grow. */
const steps = 4

export async function createHotLoop(backend: Backend, parameterValues: ParameterValues): Promise<HotLoop> {
  const values = typed(parameterValues)
  const layout = layoutOf(values)
  const images = imageSet(await loadTraining(trainingPool(values.trainSize)), values.pixels)
  const setting = {
    values,
    layout,
    betas: distinctBetas(values),
    firstSeed: 0,
    seeds: seedCount(values),
    images,
  }
  let trainer = await Trainer.create(backend, setting)
  return {
    async run(aborted) {
      // every run begins with the same parameters
      trainer.dispose()
      trainer = await Trainer.create(backend, setting)
      for (let step = 0; step < steps; step++) {
        if (await aborted()) throw new DOMException('The comparison was cancelled.', 'AbortError')
        trainer.queueStep()
        await backend.finished()
      }
      const { task } = await trainer.readLosses()
      return {
        operations: trainingOperations(values.batchSize) * betasOf(values).length * steps,
        result: task,
        resultName: `cross-entropy of the first ${steps} batches (nats)`,
      }
    },
    dispose: () => trainer.dispose(),
  }

  /** One product a layer forward, two backward but for the image's own gradient, which nothing needs. */
  function trainingOperations(batchSize: number): number {
    const forward = operationsOf(layout.encoder) + operationsOf(layout.decoder)
    return batchSize * (3 * forward - operationsOf(layout.encoder.slice(0, 1)))
  }
}
