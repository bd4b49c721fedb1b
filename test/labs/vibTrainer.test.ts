/** The evaluated parameters of a training (a running average), and the decay of its learning rate. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { loadTraining } from '../../src/data/mnist.ts'
import { trainingPool } from '../../src/data/order.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { imageSet } from '../../src/labs/vib/images.ts'
import { layoutOf } from '../../src/labs/vib/layout.ts'
import { presets, typed } from '../../src/labs/vib/parameters.ts'
import { Trainer } from '../../src/labs/vib/trainer.ts'
import { backends } from '../kernels/backends.ts'
import { small } from './vibRuns.ts'

const twoBetas = [1e-3, 0.1]

describe.each(backends)('training on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function begin(changes: ParameterValues, betas = twoBetas) {
    const values = typed({ ...small, ...changes })
    const layout = layoutOf(values)
    const images = imageSet(await loadTraining(trainingPool(values.trainSize)), values.pixels)
    const trainer = await Trainer.create(backend, { values, layout, betas, firstSeed: 0, seeds: 1, images })
    const row = backend.createTensor([1, layout.parameters])
    const evaluated = async (model: number) => {
      trainer.copyParameters(model, row)
      return (await backend.read(row)) as Float32Array
    }
    const dispose = () => {
      trainer.dispose()
      row.dispose()
    }
    return { trainer, evaluated, dispose }
  }

  const farthest = (one: ArrayLike<number>, other: ArrayLike<number>) =>
    Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - other[at])), 0)

  it('evaluates the mean of the parameters after each step, weighed by how long ago it was', async () => {
    const polyak = 0.7
    const plain = await begin({})
    const averaged = await begin({ polyak })
    expect(await averaged.evaluated(1)).toEqual(await plain.evaluated(1))
    const { length } = await plain.evaluated(1)
    const sum = new Float64Array(length)
    let weights = 0
    for (let step = 0; step < 6; step++) {
      for (const { trainer } of [plain, averaged]) trainer.queueStep()
      const parameters = await plain.evaluated(1)
      weights = polyak * weights + 1
      for (let at = 0; at < length; at++) sum[at] = polyak * sum[at] + parameters[at]
      const mean = sum.map((value) => value / weights)
      expect(farthest(await averaged.evaluated(1), mean)).toBeLessThan(1e-6)
      // the average differs from the parameters themselves
      if (step > 0) expect(farthest(parameters, mean)).toBeGreaterThan(1e-4)
    }
    plain.dispose()
    averaged.dispose()
  })

  it('multiplies the learning rate by its decay every two epochs, and at no other time', async () => {
    const [learningRate, learningRateDecay, epoch] = [1e-3, 0.5, 2]
    const sizes = { trainSize: 100, batchSize: 50, learningRate }
    const decaying = await begin({ ...sizes, learningRateDecay })
    const told = await begin({ ...sizes, learningRateDecay: 1 })
    for (let step = 0; step < 6 * epoch; step++) {
      told.trainer.update(learningRate * [1, 1, 0.5, 0.5, 0.25, 0.25][Math.floor(step / epoch)], twoBetas)
      for (const { trainer } of [decaying, told]) trainer.queueStep()
      expect(await decaying.evaluated(0)).toEqual(await told.evaluated(0))
    }
    decaying.dispose()
    told.dispose()
  })

  it('takes β₁ of Adam from the parameter, and the preset of the paper has another', async () => {
    expect(Object.values(presets).map((preset) => preset.adamBeta1)).toEqual([0.9, 0.9, 0.5])
    const first = await begin({})
    const same = await begin({ adamBeta1: 0.9 })
    const other = await begin({ adamBeta1: 0.5 })
    const trained = async ({ trainer, evaluated }: typeof first) => {
      trainer.queueStep()
      const once = await evaluated(0)
      trainer.queueStep()
      return [once, await evaluated(0)]
    }
    const [plain, told, changed] = [await trained(first), await trained(same), await trained(other)]
    expect(told).toEqual(plain)
    // the first step is as long with any β₁, but for the rounding of weights below 1
    expect(farthest(changed[0], plain[0])).toBeLessThan(2 ** -24)
    expect(farthest(changed[1], plain[1])).toBeGreaterThan(1e-4)
    for (const one of [first, same, other]) one.dispose()
  })

  const explosive = { hiddenLayers: 3, hiddenWidth: 256, latentDimensions: 64, batchSize: 10 }

  it.each([
    [0, 0.9],
    [0.99, 0.5],
  ])(
    'takes back the step after which the loss was not finite (%f kept, β₁ %f)',
    async (polyak, adamBeta1) => {
      const { trainer, evaluated, dispose } = await begin({ ...explosive, polyak, adamBeta1 }, [1e-3])
      for (let step = 0; step < 3; step++) trainer.queueStep()
      const before = await evaluated(0)
      // 64 squares of values from layers with such weights exceed float32
      trainer.update(2000, [1e-3])
      trainer.queueStep()
      const far = farthest(await evaluated(0), before)
      for (let step = 0; step < 4; step++) trainer.queueStep()
      await trainer.readLosses()
      expect(Array.from(trainer.stoppedAt)).toEqual([4])
      expect(far).toBeGreaterThan(10)
      // rounding errors of the long step and of its way back
      const rounding = (4 * 2 ** -23 * far) / (1 - Math.min(polyak, 0.5))
      const after = await evaluated(0)
      expect(farthest(after, before)).toBeLessThan(rounding)
      for (let step = 0; step < 3; step++) trainer.queueStep()
      await trainer.readLosses()
      expect(await evaluated(0)).toEqual(after)
      dispose()
    },
  )

  it('keeps the average of a model that stopped, from the first step on', async () => {
    const { trainer, evaluated, dispose } = await begin({ polyak: 0.9 })
    const first = await evaluated(1)
    trainer.update(1e-3, [1e-3, 3e38])
    for (let step = 0; step < 3; step++) trainer.queueStep()
    expect(await evaluated(1)).toEqual(first)
    const moving = await evaluated(0)
    trainer.update(1e-3, [3e38, 3e38])
    for (let step = 0; step < 3; step++) trainer.queueStep()
    expect(await evaluated(0)).toEqual(moving)
    await trainer.readLosses()
    expect(Array.from(trainer.stoppedAt)).toEqual([3, 0])
    dispose()
  })
})
