/** The training lab's runs: exact replay, what they tell, what may change while they go on, the race. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { ownText, type Text } from '../../src/data/text.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { experimentModule } from '../../src/labs/training/experiment.ts'
import { toNewest } from '../../src/labs/training/newest.ts'
import { Pair } from '../../src/labs/training/pair.ts'
import { backends } from '../kernels/backends.ts'
import { expectWithin } from '../kernels/manyModels.ts'
import {
  begin,
  complete,
  cut,
  frameOf,
  mean,
  takeMadeUpText,
  tiny,
  tinyValues,
  told,
  trained,
  trainingMetrics,
} from './trainingRuns.ts'

beforeAll(takeMadeUpText)

describe.each(backends)('the training lab on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it('replays the same run, however it is cut into slices and wherever it pauses', async () => {
    const straight = await begin(backend, {})
    await complete(straight, 4, 200)
    const pausing = await begin(backend, {})
    for (const [steps, budget] of [
      [1, 0],
      [2, 3],
      [1, 30],
    ])
      await complete(pausing, steps, budget)
    expect(await told(pausing)).toEqual(await told(straight))
    for (const run of [straight, pausing]) run.dispose()
  })

  it('tells the metrics that it promises, each of the present step', async () => {
    const experiment = await begin(backend, { scheme2: 'custom', std: 0.3 })
    await complete(experiment, 3)
    const { metrics, frame } = await told(experiment)
    const ofModels = [
      'loss',
      'validationLoss',
      'initialLoss',
      'logitStd',
      'ownProbability',
      'alignment',
      'initialLogitStd',
      'initialOwnProbability',
      'initialAlignment',
      'lossCurve',
      'std',
      'stoppedAt',
    ].flatMap((name) => [`${name}1`, `${name}2`])
    const common = ['lnVocab', 'unigramEntropy', 'step', 'raceGoal', 'raceSteps']
    expect(Object.keys(metrics).sort()).toEqual([...ofModels, ...common].sort())
    const { lossCurve1, lossCurve2 } = metrics
    expect([metrics.step, lossCurve1.length, lossCurve2.length]).toEqual([3, 4, 4])
    expect([metrics.loss1, metrics.loss2]).toEqual([lossCurve1[3], lossCurve2[3]])
    expect([metrics.initialLoss1, metrics.initialLoss2]).toEqual([lossCurve1[0], lossCurve2[0]])
    expect([metrics.std1, metrics.std2, metrics.stoppedAt1]).toEqual([1, 0.3, -1])
    expect(metrics.lnVocab).toBeCloseTo(Math.log(70), 12)
    expect(metrics.unigramEntropy).toBe(cut().unigramEntropy)
    for (const [index, name] of (['1', '2'] as const).entries()) {
      const model = frame.models?.[index]
      expect(
        [
          metrics[`initialLogitStd${name}`],
          metrics[`initialOwnProbability${name}`],
          metrics[`initialAlignment${name}`],
        ].map(Math.fround),
      ).toEqual([model?.logitStds, model?.ownProbabilities, model?.alignments].map((curve) => curve?.[0]))
      expect(metrics[`validationLoss${name}`]).toBeCloseTo(model?.validationLosses[3] as number, 5)
      expect([...(model?.losses ?? [])].map((loss) => Math.fround(loss))).toEqual(
        metrics[`lossCurve${name}`].map((loss) => Math.fround(loss)),
      )
    }
    // the curves are too long to come twice with every frame
    expect((await experiment.frame()).metrics).not.toHaveProperty('lossCurve1')
    experiment.dispose()
  })

  it('writes on in words of the vocabulary, the same ones each time', async () => {
    const write = async (seed: number) => {
      const experiment = await begin(backend, { seed })
      await complete(experiment)
      const { prompt, models } = await frameOf(experiment)
      experiment.dispose()
      return { prompt, texts: (models ?? []).map(({ continuation }) => continuation) }
    }
    const [first, again, other] = [await write(1), await write(1), await write(2)]
    expect(again).toEqual(first)
    expect(other.prompt).toBe(first.prompt)
    expect(other.texts).not.toEqual(first.texts)
    const known = new Set((ownText() as Text).words.slice(0, 69))
    for (const continuation of first.texts) {
      const words = continuation.match(/word\d+|<unk>|\./g) ?? []
      expect(words).toHaveLength(16)
      expect(words.every((word) => word === '<unk>' || known.has(word))).toBe(true)
    }
  })

  it('has a hot loop that gives the same losses and norms on every run and can be stopped', async () => {
    const loop = await experimentModule.createHotLoop(backend, tiny)
    const first = await loop.run(async () => false)
    expect(await loop.run(async () => false)).toEqual(first)
    const trainer = await trained(backend, 1)
    expectWithin(
      first.result.subarray(0, 2),
      trainer.losses.map((losses) => losses[0]),
      () => 1e-5,
    )
    expect(first.result.subarray(2)).toEqual(await backend.read(trainer.norms))
    await expect(loop.run(async () => true)).rejects.toThrow('cancelled')
    for (const one of [loop, trainer]) one.dispose()
  })
})

describe('a run’s rules, on the CPU', () => {
  let backend: Backend
  beforeAll(async () => {
    backend = await backends[0].create()
  })
  afterAll(() => backend.dispose())

  it('measures steps 0 to 20 and every tenth for the curves, and any other in a pause beside them', async () => {
    const straight = await begin(backend, {})
    await complete(straight, 31, 200)
    const expected = await told(straight)
    const pausing = await begin(backend, {})
    await complete(pausing, 22)
    const paused = await told(pausing)
    await complete(pausing, 9)
    expect(await told(pausing)).toEqual(expected)
    for (const run of [straight, pausing]) run.dispose()

    const early = [...Array(21).keys()]
    const { measuredSteps, models } = expected.frame
    expect([...measuredSteps]).toEqual([...early, 30])
    for (const model of models ?? []) {
      expect([model.losses.length, model.validationLosses.length]).toEqual([32, 22])
      expect(mean(model.losses.subarray(-5))).toBeLessThan(mean(model.losses.subarray(0, 5)))
      expect([model.stoppedAt, model.continuationStep]).toEqual([-1, 31])
    }
    // a measurement in a pause belongs to that step, and is left out of the curves
    expect([...paused.frame.measuredSteps]).toEqual(early)
    const last = paused.frame.models?.[0].validationLosses.at(-1)
    expect(paused.metrics.validationLoss1).not.toBe(last)
    expect(Math.abs(paused.metrics.validationLoss1 - (last as number))).toBeLessThan(2)
    // the panels show the same step as the numbers beside them
    const drawn = toNewest(paused.frame)
    expect([paused.frame.measuredStep, ...drawn.measuredSteps]).toEqual([22, ...early, 22])
    const ends = drawn.models?.[0]
    for (const [curve, name] of [
      [ends?.validationLosses, 'validationLoss1'],
      [ends?.logitStds, 'logitStd1'],
      [ends?.ownProbabilities, 'ownProbability1'],
      [ends?.alignments, 'alignment1'],
    ] as const)
      expect([curve?.length, curve?.at(-1)]).toEqual([22, Math.fround(paused.metrics[name])])
    expect(toNewest(drawn)).toBe(drawn)
  })

  it('takes another learning rate and another clip where it is, and no other step with them', async () => {
    const run = async (changes: ParameterValues) => {
      const experiment = await begin(backend, {})
      await complete(experiment, 4)
      experiment.update({ ...tiny, ...changes })
      await complete(experiment, 4)
      const { lossCurve1 } = trainingMetrics(await experiment.metrics())
      experiment.dispose()
      return lossCurve1
    }
    const unchanged = await run({})
    for (const changes of [{ learningRate: 0.03 }, { clip: 0.05 }] as ParameterValues[]) {
      const changed = await run(changes)
      expect(changed.slice(0, 5)).toEqual(unchanged.slice(0, 5))
      expect(changed[8]).not.toBe(unchanged[8])
    }
  })

  it('shows where a learning rate explodes that stays finite, and begins anew', async () => {
    const experiment = await begin(backend, { learningRate: 10 })
    await complete(experiment, 3)
    const { metrics } = await told(experiment)
    experiment.dispose()
    for (const curve of [metrics.lossCurve1, metrics.lossCurve2])
      expect(curve[3]).toBeGreaterThan(5 * curve[0])
    expect([metrics.stoppedAt1, metrics.stoppedAt2]).toEqual([-1, -1])
    const anew = await begin(backend, { learningRate: 10 })
    await complete(anew, 3)
    expect((await told(anew)).metrics).toEqual(metrics)
    anew.dispose()
  })

  it('races to where the faster model was after 20 steps, and plays no further', async () => {
    const race = { race: true, raceGuess: 100, learningRate: 0.03, batchSize: 4 }
    const experiment = await begin(backend, race)
    expect(experiment.lastStep).toBe(Number.POSITIVE_INFINITY)
    experiment.update({ ...tiny, ...race, raceGuess: 20 })
    await complete(experiment, 20)
    expect([experiment.lastStep, experiment.asks]).toEqual([20, true])
    experiment.update({ ...tiny, ...race })
    expect(experiment.asks).toBe(false)
    await experiment.advance(1, 1)
    // this guess is too late to count
    experiment.update({ ...tiny, ...race, raceGuess: 25 })
    while (experiment.step < experiment.lastStep || !experiment.complete)
      await experiment.advance(Number.POSITIVE_INFINITY, 60)
    const { frame, metrics } = await told(experiment)
    const { slower, goal, guess, reachedAt } = frame.race
    expect([slower, guess]).toEqual([0, 100])
    expect([metrics.raceGoal, metrics.raceSteps]).toEqual([goal, reachedAt])
    expect([experiment.step, experiment.lastStep]).toEqual([reachedAt, reachedAt])
    const [first, second] = (frame.models ?? []).map(({ validationLosses }) => validationLosses)
    expect(Math.fround(goal)).toBe(second[20])
    expect([...first.slice(20, -1)].every((loss) => loss > goal)).toBe(true)
    expect(first[first.length - 1]).toBeLessThanOrEqual(Math.fround(goal))
    // without a race the run plays on
    experiment.update({ ...tiny, ...race, race: false })
    expect(experiment.lastStep).toBe(Number.POSITIVE_INFINITY)
    experiment.dispose()
  })

  it('is on two threads what it is on one, to the bit', async () => {
    const large = { dModel: 64, context: 64, batchSize: 16, layers: 2 }
    const threads = (spareThreads: number) =>
      new Proxy(backend, {
        get: (target, name) => {
          const value = name === 'spareThreads' ? spareThreads : Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    const runs = []
    for (const spare of [0, 1]) {
      const pair = new Pair(threads(spare), tinyValues(large), ownText() as Text)
      expect(pair.own.trainer.models).toBe(2 - spare)
      pair.dispose()
      const experiment = await begin(threads(spare), large)
      await complete(experiment, 1, 20)
      experiment.update({ ...tiny, ...large, learningRate: 0.1, clip: 0.5 })
      await complete(experiment, 1, 20)
      runs.push(await told(experiment))
      experiment.dispose()
    }
    expect(runs[1]).toEqual(runs[0])
  })

  it('says where there are more words than the text has', async () => {
    const experiment = await begin(backend, { vocab: 5000 })
    await expect(complete(experiment)).rejects.toThrow(/vocabulary must be a whole number from 2 to/)
    experiment.dispose()
  })
})
