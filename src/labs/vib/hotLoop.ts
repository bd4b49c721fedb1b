/** The VIB lab's hot loop, which `compare` times on every backend: training steps of all models on the same images. */
import type { Backend } from '../../compute/backend.ts'
import { loadTraining } from '../../data/mnist.ts'
import { trainingPool } from '../../data/order.ts'
import { inTurn } from '../common/pace.ts'
import { summationTolerance } from '../common/rounding.ts'
import type { HotLoop } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { imageSet } from './images.ts'
import { layoutOf, trainingOperations } from './layout.ts'
import { betasOf, seedCount, typed } from './parameters.ts'
import { createTrainer, divide, modelsOf } from './parts.ts'
import type { Trainer } from './trainer.ts'

/** Few steps, so that rounding differences cannot grow. */
const steps = 4

export async function createHotLoop(backend: Backend, parameterValues: ParameterValues): Promise<HotLoop> {
  const values = typed(parameterValues)
  const layout = layoutOf(values)
  const images = imageSet(await loadTraining(trainingPool(values.trainSize)), values.pixels)
  const models = betasOf(values).length
  // as in a run: in turns where not all models fit side by side
  const { shares } = divide(backend, values, layout)
  const trainers: Trainer[] = []
  const dispose = () => {
    for (const trainer of trainers.splice(0)) trainer.dispose()
  }
  return {
    async run(aborted) {
      // every run begins with the same parameters
      dispose()
      for (const share of shares) trainers.push(await createTrainer(backend, values, share, images))
      const train = function* () {
        for (let step = 0; step < steps; step++) {
          for (const trainer of trainers) trainer.queueStep()
          yield
        }
      }
      await inTurn(backend, aborted, train())
      const result = new Float32Array(models * steps)
      for (const [index, trainer] of trainers.entries()) {
        const { task } = await trainer.readLosses()
        for (const [place, model] of modelsOf(shares[index], seedCount(values)).entries())
          result.set(task.subarray(place * steps, (place + 1) * steps), model * steps)
      }
      return {
        operations: models * trainingOperations(layout, values.batchSize) * steps,
        result,
        resultName: `cross-entropy of the first ${steps} batches (nats)`,
        // the longest sum goes over the inputs of a layer or the images of a batch, once more in every step
        tolerance: summationTolerance(
          steps * Math.max(layout.inputs, values.hiddenWidth, values.batchSize),
          result,
        ),
      }
    },
    dispose,
  }
}
