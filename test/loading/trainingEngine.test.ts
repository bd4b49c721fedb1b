/** The training lab through the engine: exact replay, metrics in a pause, a race that ends, the text on its way. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { Engine } from '../../src/engine/engine.ts'
import { experiments } from '../../src/engine/experiments.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import type { TrainingFrame } from '../../src/labs/training/frame.ts'
import { begin, complete, frameOf, takeMadeUpText, tiny, trainingMetrics } from '../labs/trainingRuns.ts'

beforeAll(takeMadeUpText)

const engines: Engine[] = []

async function open(values: ParameterValues): Promise<Engine> {
  const engine = new Engine(undefined, experiments)
  engines.push(engine)
  await engine.open('training', { ...tiny, ...values }, 'wasm')
  return engine
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose()
})

describe('the training lab through the engine', () => {
  it('tells in a pause what is of that step, and the same again after a reset', async () => {
    const engine = await open({})
    await engine.run(24)
    const first = trainingMetrics(await engine.metrics())
    expect([first.step, first.lossCurve1.length]).toEqual([24, 25])
    await engine.reset()
    expect((await engine.metrics()).step).toBe(0)
    await engine.run(24)
    expect(trainingMetrics(await engine.metrics())).toEqual(first)
  })

  it('goes on where it stands with another learning rate, and begins anew with another scheme', async () => {
    const engine = await open({})
    await engine.run(3)
    await engine.set({ learningRate: 1e-4 })
    expect((await engine.metrics()).step).toBe(3)
    await engine.set({ scheme1: 'gpt2' })
    expect(await engine.metrics()).toMatchObject({ step: 0, std1: 0.02 })
  })

  it('plays a race up to its decision', async () => {
    const engine = await open({ race: true, raceGuess: 100, learningRate: 0.03, batchSize: 4 })
    engine.play()
    const shown: string[] = []
    for (let finished = false; !finished; ) {
      const { frame } = await engine.nextFrame()
      finished = frame.finished
      const { measuredStep, models } = frame.data as TrainingFrame
      const written = models?.map(({ continuationStep }) => continuationStep)
      shown.push(JSON.stringify([frame.step, frame.playing, frame.ready, measuredStep, written]))
    }
    // a step takes many slices, and none of them is drawn
    expect(new Set(shown).size).toBe(shown.length)
    const { step, raceSteps } = await engine.metrics()
    expect(step).toBe(raceSteps)
    expect(step).toBeGreaterThan(20)
  })
})

describe('a text on its way', () => {
  it('is told of until it is here', async () => {
    const backend = await createWasmBackend()
    const experiment = await begin(backend, { text: 'stateOfTheUnion' })
    const before = await frameOf(experiment)
    expect([before.models, experiment.ready]).toEqual([undefined, false])
    expect(before.loading?.share).toBeLessThan(1)
    expect(await experiment.metrics()).toEqual({ step: 0, lnVocab: Math.log(70) })
    await complete(experiment)
    const { loading, models, text, prompt } = await frameOf(experiment)
    expect([loading, models?.length, text.vocabulary]).toEqual([undefined, 2, before.text.vocabulary])
    expect(text.words).toBe(before.text.words)
    expect(prompt.split(' ').length).toBeGreaterThan(3)
    experiment.dispose()
    backend.dispose()
  })
})
