/** The training view's runs on both backends: what decides them, what is measured, models that stop, the race. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { type CutText, cutText, ownText, type Text } from '../../src/data/text.ts'
import { experimentModule } from '../../src/labs/init/experiment.ts'
import { linearsOf, type ParameterMatrix } from '../../src/labs/init/training/layout.ts'
import { Measuring, validationWords } from '../../src/labs/init/training/measurement.ts'
import { toNewest } from '../../src/labs/init/training/newest.ts'
import { Pair } from '../../src/labs/init/training/pair.ts'
import { binMeans, rankBins } from '../../src/labs/init/training/ranks.ts'
import { Trainer } from '../../src/labs/init/training/trainer.ts'
import { spreadWindows } from '../../src/labs/init/training/windows.ts'
import type { ParameterValues } from '../../src/labs/lab.ts'
import { backends } from '../kernels/backends.ts'
import { expectWithin } from '../kernels/manyModels.ts'
import { vocabularyReference } from '../kernels/transformerReference.ts'
import { referenceHidden, referenceLoss } from './trainingReference.ts'
import {
  begin,
  complete,
  frameOf,
  takeMadeUpText,
  tiny,
  tinyValues,
  told,
  trainingMetrics,
} from './trainingRuns.ts'

const architectures = ['preNorm', 'postNorm', 'mlp'] as const

beforeAll(takeMadeUpText)

const cut = () => cutText(ownText() as Text, tinyValues().vocab)
const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values))
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, one) => sum + one, 0) / values.length

/** Two models after so many steps. */
async function trained(
  backend: Backend,
  steps: number,
  given: ParameterValues = {},
  stds: readonly number[] = [1, 0.25],
  text: Pick<CutText, 'training'> = cut(),
): Promise<Trainer> {
  const trainer = new Trainer(backend, tinyValues(given), text, stds)
  for (const _ of trainer.begin()) await backend.finished()
  while (trainer.step < steps) for (const _ of trainer.advance());
  await trainer.readLosses()
  return trainer
}

async function parametersOf({ parameters, layout }: Trainer, backend: Backend): Promise<Float32Array[]> {
  const all = (await backend.read(parameters)) as Float32Array
  return [0, 1].map((model) => all.subarray(model * layout.parameters, (model + 1) * layout.parameters))
}

describe.each(backends)('the training view on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  async function measurementOf(trainer: Trainer) {
    const measuring = new Measuring(backend, trainer, cut())
    const work = measuring.measure()
    let step = await work.next()
    while (!step.done) step = await work.next()
    measuring.dispose()
    return step.value
  }

  it('replays the same run, however it is cut into slices and wherever it pauses', async () => {
    const straight = await begin(backend, {})
    await complete(straight, 23, 200)
    const expected = await told(straight)
    const pausing = await begin(backend, {})
    for (const [steps, budget] of [
      [2, 0],
      [20, 3],
    ])
      await complete(pausing, steps, budget)
    const paused = await told(pausing)
    await complete(pausing, 1, 30)
    expect(await told(pausing)).toEqual(expected)
    for (const run of [straight, pausing]) run.dispose()

    const { measuredSteps, models } = expected.frame
    expect([...measuredSteps]).toEqual([...Array(21).keys()])
    for (const model of models ?? []) {
      expect([model.losses.length, model.validationLosses.length]).toEqual([24, 21])
      expect(mean(model.losses.subarray(-5))).toBeLessThan(mean(model.losses.subarray(0, 5)))
      expect([model.stoppedAt, model.continuationStep]).toEqual([-1, 23])
    }
    // what is measured in a pause is told of that step, and stays out of the curves
    expect([...paused.frame.measuredSteps]).toEqual([...measuredSteps])
    const last = paused.frame.models?.[0].validationLosses.at(-1)
    expect(paused.metrics.validationLoss1).not.toBe(last)
    expect(Math.abs(paused.metrics.validationLoss1 - (last as number))).toBeLessThan(2)
    // the panels tell of it as the numbers beside them do
    const drawn = toNewest(paused.frame)
    expect([paused.frame.measuredStep, ...drawn.measuredSteps]).toEqual([22, ...measuredSteps, 22])
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
    // the curves are too long to come with every frame twice
    expect((await experiment.frame()).metrics).not.toHaveProperty('lossCurve1')
    experiment.dispose()
  })

  it('draws the same normals for both models, scaled as the architecture says', async () => {
    const given = { dModel: 48, embeddingScale: 'sqrtDModel', layers: 2 }
    const trainer = await trained(backend, 0, given, [1, 0.02])
    const { embedding, positions, parts, context } = trainer.layout
    const [one, other] = await parametersOf(trainer, backend)
    const entries = (row: Float32Array, { offset, rows, columns }: ParameterMatrix) =>
      row.subarray(offset, offset + rows * columns)
    const expectNormal = (matrix: ParameterMatrix, deviations: readonly number[]) => {
      const [first, second] = [entries(one, matrix), entries(other, matrix)]
      for (const [index, values] of [first, second].entries()) {
        const error = 5 / Math.sqrt(values.length)
        expect(Math.abs(mean(values)) / deviations[index]).toBeLessThan(error)
        expect(Math.abs(norm(values) / Math.sqrt(values.length) / deviations[index] - 1)).toBeLessThan(error)
      }
      const ratio = deviations[0] / deviations[1]
      expectWithin(
        first,
        second.map((value) => ratio * value),
        (i) => 1e-6 * Math.abs(first[i]),
      )
    }
    expectNormal(embedding, [1, 0.02])
    // as large as sinusoids beside embeddings times √d, whatever those
    expect(positions?.rows).toBe(context)
    expectNormal(positions as ParameterMatrix, [Math.SQRT1_2, Math.SQRT1_2])
    const linears = parts.flatMap(linearsOf)
    expect(linears).toHaveLength(8)
    for (const { weights, biases } of linears) {
      expectNormal(weights, [weights.rows ** -0.5, weights.rows ** -0.5])
      for (const row of [one, other]) expect(entries(row, biases).every((bias) => bias === 0)).toBe(true)
    }
    // no two matrices are alike
    const starts = linears.map(({ weights }) => one[weights.offset])
    expect(new Set(starts).size).toBe(starts.length)
    trainer.dispose()
  })

  it.each(architectures)('measures what the plain formulas give: %s', async (architecture) => {
    const trainer = await trained(backend, 2, { architecture })
    const { layout } = trainer
    const { dModel, vocab, context } = layout
    const thetas = await parametersOf(trainer, backend)
    const { inputs, labels, present } = trainer.windows
    for (const [index, found] of (await measurementOf(trainer)).entries()) {
      if (!found) throw new Error('It has not stopped.')
      const theta = Float64Array.from(thetas[index])
      const states = referenceHidden(layout, theta, { sequences: 2, inputs, labels })
      const table = Array.from({ length: vocab }, (_, word) =>
        theta.subarray(word * dModel, (word + 1) * dModel),
      )
      const logits = states.map((state) =>
        table.map((row) => row.reduce((sum, x, k) => sum + x * state[k], 0)),
      )
      const all = logits.flat()
      const deviation = Math.sqrt(mean(all.map((x) => x * x)) - mean(all) ** 2)
      expect(found.logitStd / deviation).toBeCloseTo(1, 4)
      const probabilities = logits.map((row) => {
        const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
        return row.map((x) => Math.exp(x) / total)
      })
      expectWithin(found.landscape, probabilities.flat(), () => 1e-4)
      expect(found.ownProbability).toBeCloseTo(mean(probabilities.map((row, i) => row[present[i]])), 5)
      const cosines = logits.map((row, i) => row[present[i]] / norm(states[i]) / norm(table[present[i]]))
      expect(found.alignment).toBeCloseTo(mean(cosines), 4)
      // the unknown word, the last one, is no word of some frequency
      const norms = table.slice(0, -1).map(norm)
      expectWithin(found.rowNorms, binMeans(rankBins(vocab - 1), norms), () => 1e-4)
      // every logit lies in some bin, each where it belongs
      const width = found.histogramEdges[1] - found.histogramEdges[0]
      const counts = found.histogramDensity.map((density) => density * width * all.length)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(all.length, 1)
      const misplaced = counts.map((count, bin) => {
        const [from, to] = [found.histogramEdges[bin], found.histogramEdges[bin + 1]]
        return Math.abs(count - all.filter((x) => x >= from && x < to).length)
      })
      expect(misplaced.reduce((sum, one) => sum + one, 0)).toBeLessThan(6)
      const sequences = validationWords(trainer.model.rows) / context
      const held = spreadWindows(cut().validation, layout, sequences)
      const loss = referenceLoss(layout, theta, { sequences, ...held })
      expect(found.validationLoss / loss).toBeCloseTo(1, 4)
      // and the batch's own loss is that of the same positions
      const flat = states.flatMap((state) => [...state])
      const { losses } = vocabularyReference(
        flat,
        table.flatMap((row) => [...row]),
        labels,
        dModel,
      )
      expect(trainer.losses[index][2] / mean(losses)).toBeCloseTo(1, 4)
    }
    trainer.dispose()
  })

  it('stops the model that a learning rate explodes, while the other goes on as if alone', async () => {
    const given = { learningRate: 1e30, dModel: 64 }
    // always the same word: who repeats it with all certainty has nothing to learn, and is not moved
    const words = { training: new Uint32Array(100).fill(5) }
    const trainer = await trained(backend, 4, given, [1, 20], words)
    expect([...trainer.stoppedAt]).toEqual([1, -1])
    const [stopped, goesOn] = trainer.losses
    expect(stopped[0]).toBeGreaterThan(0)
    expect(stopped.slice(1)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
    expect(goesOn).toEqual([0, 0, 0, 0, 0])
    const alone = await trained(backend, 4, given, [20], words)
    expect(goesOn).toEqual(alone.losses[0])
    const measured = await measurementOf(trainer)
    expect(measured.map((one) => one !== undefined)).toEqual([false, true])
    for (const one of [trainer, alone]) one.dispose()
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
    expect([experiment.lastStep, experiment.awaits]).toEqual([20, 'raceGuess'])
    experiment.update({ ...tiny, ...race })
    expect(experiment.awaits).toBe(undefined)
    await experiment.advance(1, 1)
    // too late to count
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
    // without the race it plays on
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
      await complete(experiment, 2, 20)
      experiment.update({ ...tiny, ...large, learningRate: 0.1, clip: 0.5 })
      await complete(experiment, 2, 20)
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

describe('both backends', () => {
  it.each(architectures)('come to the same losses: %s', async (architecture) => {
    const curves: number[][][] = []
    for (const { create } of backends) {
      const backend = await create()
      const trainer = await trained(backend, 20, { architecture })
      curves.push(trainer.losses)
      trainer.dispose()
      backend.dispose()
    }
    // rounding grows from step to step; 1e-4 of a loss is far below what a batch tells
    for (const model of [0, 1])
      expectWithin(curves[1][model], curves[0][model], (step) => 1e-4 * curves[0][model][step])
  })
})
