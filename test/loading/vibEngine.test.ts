/** The VIB lab through the engine, as the page uses it: images that do not come, loading, running, changing, switching. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'
import type { VibFrame } from '../../src/labs/vib/frame.ts'
import { small, vibMetrics } from '../labs/vibRuns.ts'

describe('the VIB lab in the engine', () => {
  let engine: Engine
  beforeAll(() => {
    engine = new Engine(navigator.gpu, experiments)
  })
  afterAll(() => engine.dispose())
  afterEach(() => vi.unstubAllGlobals())

  const metrics = async () => vibMetrics(await engine.metrics())

  // first: images that are here once are not fetched again
  it('says which file is missing, and a reset tries again', async () => {
    const { fetch } = globalThis
    vi.stubGlobal('fetch', async (address: string, init: RequestInit) =>
      String(address).includes('mnist') ? new Response('', { status: 404 }) : fetch(address, init),
    )
    // other labs work meanwhile
    for (let attempt = 0; attempt < 2; attempt++) {
      await engine.open('vib', small, 'wasm')
      await expect(engine.metrics()).rejects.toThrow(
        /MNIST: the file .* is missing.*Trying again is possible/,
      )
      await engine.open('kl', { starts: 0 }, 'wasm')
      expect(Number.isFinite((await engine.metrics()).forwardKl)).toBe(true)
    }
    await engine.open('vib', small, 'wasm')
    await expect(engine.metrics()).rejects.toThrow('MNIST')
    vi.unstubAllGlobals()
    await engine.reset()
    expect((await metrics()).step).toBe(0)
  })

  it('runs exactly the steps asked for, and evaluates where it stands', async () => {
    await engine.open('vib', small, 'wasm')
    await engine.run(13)
    const { step, epoch, evaluatedStep, evaluatedImages, validationError } = await metrics()
    expect([step, epoch, evaluatedStep, evaluatedImages]).toEqual([13, 1.3, 13, 10_000])
    expect(validationError[0]).toBeLessThan(0.85)
    expect(await engine.request('validationImages')).toHaveLength(10_000 * 196)
    await expect(engine.request('anything')).rejects.toThrow('anything')
  })

  it('plays to its last step, and sends frames that grow', async () => {
    await engine.open('vib', { ...small, epochs: 6 }, 'wasm')
    engine.play()
    const steps: number[] = []
    for (;;) {
      const { frame } = await engine.nextFrame()
      const data = frame.data as VibFrame
      if (frame.ready) {
        steps.push(frame.step)
        expect(data.loading).toBeUndefined()
        expect(data.labels).toHaveLength(10_000)
      }
      if (frame.finished && data.models?.evaluations.at(-1)?.step === 60) {
        expect(data.models.evaluations.map(({ step }) => step)).toEqual(
          expect.arrayContaining([10, 20, 30, 40, 50, 60]),
        )
        expect(data.curves?.total).toHaveLength(60)
        // what crosses the worker's boundary survives it
        expect(structuredClone(data)).toEqual(data)
        break
      }
    }
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  })

  it('takes β without a new run, and a new width with one', async () => {
    await engine.open('vib', small, 'wasm')
    await engine.run(4)
    await engine.set({ beta: 0.25 })
    expect(await metrics()).toMatchObject({ step: 4, betas: [0.25] })
    await engine.set({ hiddenWidth: 24 })
    expect(await metrics()).toMatchObject({ step: 0, betas: [0.25] })
  })

  it('shows a model trained with a moved β in the first frame that tells it', async () => {
    // no evaluation is due in the first hundred steps
    await engine.open('vib', { ...small, hiddenWidth: 256, trainSize: 5000, batchSize: 50 }, 'wasm')
    await engine.run(1)
    // every picture is whole
    await metrics()
    engine.play()
    for (const beta of [0.5, 0.02, 3, 1e-4]) {
      await engine.set({ beta })
      let { frame } = await engine.nextFrame()
      while (frame.values.beta !== beta) frame = (await engine.nextFrame()).frame
      expect(frame.step).toBeLessThan(100)
      expect((frame.data as VibFrame).spaces[0].beta).toBe(beta)
    }
  })

  it('stops one of three models at the step after which a learning rate explodes, and begins anew', async () => {
    const wide = { hiddenWidth: 1024, hiddenLayers: 3, latentDimensions: 256, pixels: 28, batchSize: 10 }
    await engine.open('vib', { ...small, ...wide, mode: 'three', learningRate: 100 }, 'wasm')
    /** The models of the first frame that is so far. */
    const modelsAt = async (step: number) => {
      for (;;) {
        const { frame } = await engine.nextFrame()
        const { models } = frame.data as VibFrame
        if (models && frame.step >= step) return { step: frame.step, stoppedAt: models.stoppedAt }
      }
    }
    for (let attempt = 0; attempt < 2; attempt++) {
      engine.play()
      expect((await modelsAt(8)).stoppedAt).toEqual([-1, -1, 1])
      engine.pause()
      await engine.reset()
      expect(await modelsAt(0)).toEqual({ step: 0, stoppedAt: [-1, -1, -1] })
    }
  })

  it('reaches the same step on the other backend', async () => {
    await engine.open('vib', small, 'wasm')
    await engine.run(6)
    const before = await metrics()
    await engine.use('webgpu')
    const after = await metrics()
    expect(after.step).toBe(6)
    expect(after.rate[0] / before.rate[0]).toBeCloseTo(1, 3)
    expect(after.distortion[0]).toBeCloseTo(before.distortion[0], 3)
  })
})
