/** The VIB lab's run on both backends: replay, models side by side, models that stop, evaluations, frames, changes. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { loadTraining } from '../../src/data/mnist.ts'
import { trainingPool } from '../../src/data/order.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { experimentModule } from '../../src/labs/vib/experiment.ts'
import type { LatentSpace, LossCurves } from '../../src/labs/vib/frame.ts'
import { imageSet } from '../../src/labs/vib/images.ts'
import { layoutOf } from '../../src/labs/vib/layout.ts'
import { typed } from '../../src/labs/vib/parameters.ts'
import { Trainer } from '../../src/labs/vib/trainer.ts'
import { backends } from '../kernels/backends.ts'
import {
  begin,
  beginOnFew,
  complete,
  frameOf,
  metricsOf,
  run,
  runOnFew,
  small,
  type VibMetrics,
} from './vibRuns.ts'

const sweep: ParameterValues = {
  mode: 'sweep',
  latentDimensions: 4,
  betaMin: 1e-3,
  betaMax: 10,
  betaCount: 3,
  seeds: 2,
}

/** All metrics except the speed. */
const timeless = ({ imagesPerSecond: _, ...metrics }: VibMetrics) => metrics

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, one) => sum + one, 0) / values.length

describe.each(backends)('the VIB lab on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it('replays the same run, however it is cut into slices', async () => {
    const values = { ...sweep, betaCount: 2, seeds: 1 }
    // more images than the moments use, in three slices; there is an evaluation after ten steps
    const [images, steps] = [1100, 13]
    const whole = await beginOnFew(backend, values, images)
    await complete(whole, steps)
    const first = await metricsOf(whole)
    const { spaces, diagram } = await frameOf(whole)
    whole.dispose()
    const second = await beginOnFew(backend, values, images)
    for (const budget of [1, 5, 200]) {
      const target = Math.min(steps, second.step + 6)
      while (second.step < target) await second.advance(target - second.step, budget)
    }
    await complete(second, steps - second.step)
    expect(timeless(await metricsOf(second))).toEqual(timeless(first))
    // the random draws for the pictures are equal, too
    expect(await frameOf(second)).toMatchObject({ spaces, diagram })
    second.dispose()
  })

  it('trains every model as if it were alone', async () => {
    const values = typed({ ...small, ...sweep })
    const layout = layoutOf(values)
    const images = imageSet(await loadTraining(trainingPool(values.trainSize)), values.pixels)
    const losses = async (betas: readonly number[], firstSeed: number, seeds: number) => {
      const trainer = await Trainer.create(backend, { values, layout, betas, firstSeed, seeds, images })
      for (let step = 0; step < 12; step++) trainer.queueStep()
      const { task, rate } = await trainer.readLosses()
      trainer.dispose()
      return Array.from({ length: betas.length * seeds }, (_, model) =>
        [task, rate].map((each) => Array.from(each.subarray(model * 12, (model + 1) * 12))),
      )
    }
    const together = await losses([1e-3, 3], 0, 3)
    expect(await losses([3], 1, 1)).toEqual([together[4]])
    expect(await losses([1e-3], 2, 1)).toEqual([together[2]])
    // the seeds have different images, weights and noise
    expect(together[0]).not.toEqual(together[1])
  })

  it('divides models that do not fit side by side, with the same result', async () => {
    const values = { ...sweep, latentDimensions: 3, betaCount: 2, evaluationSamples: 1 }
    const { parameters } = layoutOf(typed({ ...small, ...values }))
    // room for the parameters of two and a half models
    const limited = (threads: number, bytes = backend.maximumTensorBytes) =>
      Object.create(backend, {
        spareThreads: { value: threads - 1 },
        maximumTensorBytes: { value: bytes },
        memoryBytes: { value: Number.POSITIVE_INFINITY },
      }) as Backend
    const whole = timeless(await runOnFew(limited(1), values, 5))
    const crowded = await beginOnFew(limited(1, 10 * parameters), values)
    await complete(crowded, 5)
    expect(timeless(await metricsOf(crowded))).toEqual(whole)
    expect((await frameOf(crowded)).models?.room).toEqual({
      models: 2,
      wantedBytes: 4 * 4 * parameters,
      permittedBytes: 10 * parameters,
    })
    crowded.dispose()
    const tight = limited(1, 3 * parameters)
    await expect(run(tight, values, 5)).rejects.toThrow(/permits .*hiddenWidth or batchSize, or WebAssembly/)
  })

  it('stops a model whose loss is no longer finite where it last was, and trains the others on', async () => {
    // without regions, which take longest: there are none in three dimensions
    const values = {
      ...{ mode: 'three', beta1: 1e-3, beta2: 3e38, beta3: 0.1 },
      ...{ latentDimensions: 3, evaluationSamples: 1 },
    }
    const experiment = await beginOnFew(backend, values)
    await complete(experiment, 3)
    const before = await metricsOf(experiment)
    await complete(experiment, 4)
    const after = await metricsOf(experiment)
    expect(after.stoppedAt).toEqual([-1, 0, -1])
    expect(after.step).toBe(7)
    expect(after.validationError[1]).toBe(before.validationError[1])
    expect(after.rate[1]).toBe(before.rate[1])
    expect(Number.isFinite(after.distortion[1])).toBe(true)
    expect(after.rate[0]).not.toBe(before.rate[0])
    expect(after.distortion[2]).not.toBe(before.distortion[2])
    const { models, spaces } = await frameOf(experiment)
    expect(models?.stoppedAt).toEqual([-1, 0, -1])
    expect(spaces.map(({ stoppedAt }) => stoppedAt)).toEqual([-1, 0, -1])
    experiment.dispose()
    // the other models are the same as without it
    const alone = await runOnFew(backend, { ...values, beta2: 1 }, 7)
    for (const model of [0, 2]) expect(after.distortion[model]).toBe(alone.distortion[model])
  })

  it('evaluates what the latent space shows', async () => {
    const experiment = await begin(backend, { evaluationSamples: 1 })
    await complete(experiment, 40)
    const metrics = await metricsOf(experiment)
    const { spaces, labels, diagram, gradients, curves } = await frameOf(experiment)
    expect(spaces).toHaveLength(1)
    const [space] = spaces
    expect(space.current).toBe(1)
    expect(labels).toHaveLength(10_000)
    const wrong = space.predictions.filter((digit, image) => digit !== labels[image]).length
    // a tie in the last digit may be decided either way
    expect(Math.abs(metrics.validationErrorMean[0] - wrong / 10_000)).toBeLessThanOrEqual(2e-4)
    expect(metrics.validationErrorOneSample).toEqual(metrics.validationError)
    expect(metrics.rate[0] / mean(space.rates)).toBeCloseTo(1, 5)
    // σ and μ of every tenth image, since later images are by other writers
    const tenth = (values: Float32Array) => values.filter((_, at) => (at >> 1) % 10 === 0)
    expect(metrics.sigmaMean[0] / mean(tenth(space.deviations))).toBeCloseTo(1, 5)
    const thousand = [0, 1].map((k) =>
      Float64Array.from({ length: 1000 }, (_, image) => space.means[20 * image + k]),
    )
    const variances = thousand.map((values) => mean(values.map((value) => (value - mean(values)) ** 2)))
    expect(metrics.muSpread[0] / Math.sqrt(mean(variances))).toBeCloseTo(1, 5)
    // the rate is computed from μ and σ
    for (const image of [0, 4321, 9999]) {
      let rate = 0
      for (const k of [0, 1]) {
        const [mu, sigma] = [space.means[2 * image + k], space.deviations[2 * image + k]]
        rate += 0.5 * (mu ** 2 + sigma ** 2 - 1) - Math.log(sigma)
      }
      expect(space.rates[image] / rate).toBeCloseTo(1, 4)
    }
    // an image inside a cell has the cell's answer, except at borders
    const { regions } = space
    const domain = regions!.domain
    // axes of equal scale show more than the window, and the regions cover that, too
    for (const axis of ['x', 'y'] as const)
      expect([domain[axis][0] < space.domain[axis][0], domain[axis][1] > space.domain[axis][1]]).toEqual([
        true,
        true,
      ])
    const cell = (value: number, [low, high]: readonly [number, number]) =>
      Math.floor(((value - low) / (high - low)) * (regions?.columns ?? 0))
    let inside = 0
    let same = 0
    for (const [image, digit] of space.predictions.entries()) {
      const [x, y] = [cell(space.means[2 * image], domain.x), cell(space.means[2 * image + 1], domain.y)]
      if (!regions || x < 0 || y < 0 || x >= regions.columns || y >= regions.rows) continue
      inside++
      if (regions.digits[y * regions.columns + x] === digit) same++
    }
    expect(inside).toBeGreaterThan(9800)
    expect(same / inside).toBeGreaterThan(0.9)
    // the diagram's numbers agree with each other
    expect(diagram?.label).toBe(labels[0])
    expect(diagram?.mean[0]).toBeCloseTo(space.means[0], 4)
    expect(diagram?.sigma[1]).toBeCloseTo(space.deviations[1], 4)
    for (const [i, z] of (diagram?.latent ?? []).entries())
      expect(z).toBeCloseTo(diagram!.mean[i & 1] + diagram!.sigma[i & 1] * diagram!.noise[i], 4)
    expect(mean(diagram!.probabilities) * 10).toBeCloseTo(1, 5)
    expect(gradients?.decoderRate).toBe(0)
    expect(metrics.gradientDecoderRate).toBe(0)
    for (const name of ['gradientEncoderTask', 'gradientEncoderRate', 'gradientDecoderTask'] as const)
      expect(metrics[name]).toBeGreaterThan(0)
    expect(curves?.steps).toEqual(Float32Array.from({ length: 40 }, (_, step) => step))
    expect(curves!.task[0]).toBeCloseTo(Math.log(10), 0)
    expect(mean(curves!.task.subarray(30))).toBeLessThan(mean(curves!.task.subarray(0, 10)))
    // the haze is new at every step; the diagram's samples are renewed one after the other
    const noise = ({ samples, sampleImages, means, deviations }: LatentSpace) =>
      samples.map((z, i) => {
        const at = 2 * sampleImages[i >> 1] + (i & 1)
        return (z - means[at]) / deviations[at]
      })
    const here = noise(space)
    expect(Math.abs(mean(here))).toBeLessThan(4 / Math.sqrt(here.length))
    expect(mean(here.map((value) => value ** 2))).toBeCloseTo(1, 0)
    await complete(experiment, 8)
    const next = await frameOf(experiment)
    const there = noise(next.spaces[0])
    expect(Math.abs(mean(here.map((value, i) => value * there[i])))).toBeLessThan(4 / Math.sqrt(here.length))
    const kept = next.diagram?.noise.filter((value, i) => value === diagram?.noise[i]).length
    expect(kept).toBe(2 * 63)
    expect((await experiment.request!('validationImages')).length).toBe(10_000 * 196)
    await expect(experiment.request!('nothing')).rejects.toThrow('nothing')
    experiment.dispose()
  })

  it('evaluates on the way on images from the whole of the validation set', async () => {
    const whole = await begin(backend, {})
    await complete(whole, 10)
    const { spaces, labels } = await frameOf(whole)
    whole.dispose()
    const passing = await begin(backend, {})
    while (passing.step < 11) await passing.advance(11 - passing.step, 20)
    const { evaluatedStep, evaluatedEpoch, evaluatedImages, validationErrorMean } = await metricsOf(passing)
    passing.dispose()
    expect([evaluatedStep, evaluatedEpoch, evaluatedImages]).toEqual([10, 1, 2500])
    let wrong = 0
    for (let image = 0; image < 10_000; image += 4)
      if (spaces[0].predictions[image] !== labels[image]) wrong++
    // a tie in the last digit may be decided either way
    expect(Math.abs(validationErrorMean[0] - wrong / 2500)).toBeLessThanOrEqual(8e-4)
  })

  it('takes a new β, model or image without a new run', async () => {
    const several = { ...sweep, evaluationSamples: 1 }
    const experiment = await beginOnFew(backend, { ...several, beta: 0.5 })
    await complete(experiment, 4)
    const first = await frameOf(experiment)
    // the first seed's model nearest to 0.01
    expect(first.shownModel).toBe(0)
    expect(first.models?.betas.map((beta) => Number(beta.toPrecision(6)))).toEqual([
      1e-3, 1e-3, 0.1, 0.1, 10, 10,
    ])
    const sweepEnd = experiment.lastStep
    // no model has this β
    experiment.update({ ...small, ...several, model: 5, image: 7, beta: 0.9 })
    expect(experiment.complete).toBe(false)
    await complete(experiment)
    expect(experiment.lastStep).toBe(sweepEnd)
    const second = await frameOf(experiment)
    expect(experiment.step).toBe(4)
    expect([second.shownModel, second.spaces[0].model, second.curves?.model]).toEqual([5, 5, 5])
    expect(second.diagram?.image).toBe(7)
    expect(second.spaces[0].projection).toBe('principalComponents')
    expect(second.spaces[0].regions?.digits).toHaveLength(100 ** 2)
    expect(second.spaces[0].regionAgreement).toBeGreaterThan(0.5)
    experiment.dispose()

    const one = await beginOnFew(backend, { beta: 1e-3 })
    await complete(one, 2)
    const cheap = await metricsOf(one)
    const end = one.lastStep
    one.update({ ...small, beta: 0.5 })
    await complete(one)
    const dear = await metricsOf(one)
    // no step was done with it yet, and as many steps as at first are still to come
    expect([dear.evaluatedBetas, (await frameOf(one)).spaces[0].beta]).toEqual([[1e-3], 1e-3])
    expect((await frameOf(one)).models).toMatchObject({ betas: [0.5], trainedBetas: [1e-3] })
    expect(one.lastStep).toBe(end + 2)
    expect(dear.betas).toEqual([0.5])
    expect(dear.rate).toEqual(cheap.rate)
    expect(dear.gradientEncoderRate / cheap.gradientEncoderRate).toBeCloseTo(500, 1)
    expect(dear.gradientEncoderTask).toBeCloseTo(cheap.gradientEncoderTask, 5)
    await complete(one, 1)
    expect([(await metricsOf(one)).evaluatedBetas, (await frameOf(one)).spaces[0].beta]).toEqual([[0.5], 0.5])
    one.dispose()
  })

  it('shows all three models, and a space of three dimensions as it is', async () => {
    const experiment = await beginOnFew(backend, {
      mode: 'three',
      latentDimensions: 3,
      polyak: 0.9,
      evaluationSamples: 1,
    })
    await complete(experiment, 3)
    const { spaces } = await frameOf(experiment)
    expect(spaces.map(({ beta }) => beta)).toEqual([1e-6, 1e-3, 100])
    const end = experiment.lastStep
    experiment.update({ ...small, mode: 'three', latentDimensions: 3, polyak: 0.9, beta2: 0.01 })
    expect(experiment.lastStep).toBe(end + 3)
    for (const { means, samples, dimensions, projection, regions } of spaces) {
      expect([dimensions, projection, regions]).toEqual([3, 'none', undefined])
      expect(means).toHaveLength(3 * 600)
      expect(samples.every(Number.isFinite)).toBe(true)
    }
    experiment.dispose()
  })

  it('times its hot loop', async () => {
    const loop = await experimentModule.createHotLoop(backend, { ...small, ...sweep })
    const first = await loop.run(async () => false)
    const second = await loop.run(async () => false)
    expect(first.result).toEqual(second.result)
    expect(first.result).toHaveLength(6 * 4)
    // 50 images, 6 models, 4 steps: two products of 196 × 16 each, three of 16 × 8 and of 4 × 10
    expect(first.operations).toBe(50 * 6 * 4 * 2 * (2 * 196 * 16 + 3 * 16 * 8 + 3 * 4 * 10))
    await expect(loop.run(async () => true)).rejects.toThrow('cancelled')
    loop.dispose()
    // models that do not fit side by side
    const { parameters } = layoutOf(typed({ ...small, ...sweep }))
    const tight = Object.create(backend, {
      maximumTensorBytes: { value: 10 * parameters },
      memoryBytes: { value: Number.POSITIVE_INFINITY },
    }) as Backend
    const divided = await experimentModule.createHotLoop(tight, { ...small, ...sweep })
    expect((await divided.run(async () => false)).result).toEqual(first.result)
    divided.dispose()
  })
})

describe('a sweep on several threads', () => {
  it('is the same as on one, though its models are divided', async () => {
    const backend = await createWasmBackend()
    const on = (threads: number) =>
      Object.create(backend, { spareThreads: { value: threads - 1 } }) as Backend
    const values = { ...sweep, seeds: 2, betaCount: 5, beta: 1 }
    const alone = await beginOnFew(on(1), values)
    await complete(alone, 15)
    const expected = timeless(await metricsOf(alone))
    const { spaces, curves, gradients } = await frameOf(alone)
    alone.dispose()
    // divided by seeds, then by β
    for (const threads of [2, 3]) {
      const divided = await beginOnFew(on(threads), values)
      for (const steps of [3, 12]) {
        const target = divided.step + steps
        while (divided.step < target) await divided.advance(target - divided.step, 5)
        // an evaluation that is begun and then given up
        if (steps === 3) for (let slice = 0; slice < 30; slice++) await divided.advance(0, 5)
      }
      await complete(divided)
      expect(divided.step).toBe(15)
      expect(timeless(await metricsOf(divided))).toEqual(expected)
      const frame = await frameOf(divided)
      expect(frame.spaces).toEqual(spaces)
      expect(frame.curves).toEqual({ ...curves, ...onlyValidation(frame.curves) })
      expect(frame.gradients).toEqual(gradients)
      divided.dispose()
    }
    backend.dispose()
  })

  it('ends its threads where there is no room for the rest of it', async () => {
    const backend = await createWasmBackend()
    const full = Object.create(backend, {
      spareThreads: { value: 1 },
      createTensor: {
        value: () => {
          throw new RangeError('no room')
        },
      },
    }) as Backend
    const ended = vi.spyOn(Worker.prototype, 'terminate')
    await expect(run(full, sweep, 1)).rejects.toThrow('no room')
    expect(ended).toHaveBeenCalledTimes(1)
    ended.mockRestore()
    backend.dispose()
  })

  it('tells of a model that stops on another thread', async () => {
    const backend = await createWasmBackend()
    const two = Object.create(backend, { spareThreads: { value: 1 } }) as Backend
    const far = { ...sweep, betaMin: 1e-3, betaMax: 3e38, betaCount: 2, hiddenWidth: 32 }
    const metrics = await run(two, far, 3)
    expect(metrics.stoppedAt).toEqual([-1, -1, 0, 0])
    backend.dispose()
  })
})

/** Only the validation values: the steps of evaluations during training depend on pauses. */
const onlyValidation = (curves: LossCurves | undefined) =>
  curves && { validationSteps: curves.validationSteps, validation: curves.validation }

describe('the pictures of a model that stopped', () => {
  it.each([2, 5])('are of what it was before, where %i slices were of what it then lost', async (slices) => {
    // the leader of several threads looks at the same clock
    const backend = await createWasmBackend({ threads: 1 })
    const wide = { hiddenLayers: 3, hiddenWidth: 256, latentDimensions: 64, learningRate: 2000 }
    const experiment = await begin(backend, wide)
    // with this clock slices are so short that a picture begins before the losses are read
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now++)
    while (experiment.step < 3) await experiment.advance(3 - experiment.step, 0)
    for (let slice = 0; slice < slices; slice++) await experiment.advance(1, 0)
    clock.mockRestore()
    await complete(experiment)
    const metrics = await metricsOf(experiment)
    const { spaces, diagram, gradients } = await frameOf(experiment)
    expect(metrics.stoppedAt).toEqual([1])
    expect(spaces[0].current).toBe(1)
    expect(mean(spaces[0].rates) / metrics.rate[0]).toBeCloseTo(1, 4)
    expect(diagram?.probabilities.every(Number.isFinite)).toBe(true)
    expect(gradients?.encoderRate).toBeLessThan(1e6)
    experiment.dispose()
    backend.dispose()
  })
})

describe('the errors', () => {
  it('takes the training error as the validation error, of samples', async () => {
    // the code is so costly that σ is far from 0, and μ alone says much more about the digit
    const noisy = {
      beta: 0.3,
      hiddenWidth: 64,
      latentDimensions: 16,
      learningRate: 2e-3,
      evaluationSamples: 1,
    }
    const backend = await createWasmBackend()
    const { trainError, validationError, validationErrorMean } = await run(backend, noisy, 400)
    expect(validationErrorMean[0]).toBeLessThan(0.35)
    expect(Math.abs(trainError[0] - validationError[0])).toBeLessThan(0.06)
    expect(validationError[0]).toBeGreaterThan(0.45)
    backend.dispose()
  })
})

describe('both backends', () => {
  it('come to the same errors within rounding', async () => {
    const found: VibMetrics[] = []
    for (const { create } of backends) {
      const backend = await create()
      found.push(await runOnFew(backend, { ...sweep, latentDimensions: 3, seeds: 1 }, 15, 5000))
      backend.dispose()
    }
    const [wasm, webgpu] = found
    for (const model of wasm.betas.keys()) {
      expect(webgpu.rate[model] / wasm.rate[model]).toBeCloseTo(1, 3)
      expect(webgpu.distortion[model] / wasm.distortion[model]).toBeCloseTo(1, 4)
      expect(webgpu.sigmaMean[model] / wasm.sigmaMean[model]).toBeCloseTo(1, 4)
      // images next to a border may fall on either side
      for (const name of ['validationError', 'validationErrorMean', 'trainError'] as const)
        expect(Math.abs(webgpu[name][model] - wasm[name][model]), name).toBeLessThan(2e-3)
    }
  })
})
