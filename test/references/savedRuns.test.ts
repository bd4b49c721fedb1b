/** A run that goes on from saved data is the run that was never interrupted, bit for bit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import type { SavedExperiment } from '../../src/labs/common/loadedExperiment.ts'
import type { Experiment } from '../../src/labs/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { experimentModule as trainingModule } from '../../src/labs/training/experiment.ts'
import { experimentModule as vibModule } from '../../src/labs/vib/experiment.ts'
import { backends } from '../kernels/backends.ts'
import * as training from '../labs/trainingRuns.ts'
import * as vib from '../labs/vibRuns.ts'

/** What is told of a run at a step, without its speed, and what it needs to go on: all parameters and moments. */
async function told(experiment: Experiment) {
  const { wordsPerSecond, imagesPerSecond, ...metrics } = await experiment.metrics()
  // the order in which a picture's images were encoded depends on time
  const { pictures, ...saved } = ((await experiment.save!()) as SavedExperiment).run as Record<
    string,
    unknown
  >
  return { metrics, frame: structuredClone((await experiment.frame()).data), saved }
}

/** Does so many steps in short slices, and no more: evaluations and pictures may be unfinished. */
async function go(experiment: Experiment, steps: number): Promise<void> {
  const target = experiment.step + steps
  while (experiment.step < target) await experiment.advance(target - experiment.step, 5)
}

interface Case {
  readonly name: string
  readonly values: ParameterValues
  /** Steps before the run is saved, and after. */
  readonly steps: readonly [number, number]
  /** Live values that change on the way, before the last steps are done. */
  readonly moves?: ParameterValues
}

/** Compares a run, saved on its way, with one that goes on from there, and with one that was never saved. */
async function compare(
  { values, steps: [before, after], moves = {} }: Case,
  begin: (values: ParameterValues) => Promise<Experiment>,
  restore: (values: ParameterValues, saved: unknown) => Promise<Experiment>,
): Promise<void> {
  const moved = { ...values, ...moves }
  const drag = async (experiment: Experiment) => {
    await go(experiment, before - 3)
    experiment.update(moved)
    await go(experiment, 3)
  }
  const [whole, saved] = [await begin(values), await begin(values)]
  const runs = [whole, saved]
  try {
    await drag(whole)
    await drag(saved)
    const data = await saved.save!()
    const early = structuredClone(data)
    // a run that goes on does not change what it gave away
    await go(saved, 1)
    expect(data).toEqual(early)
    const restored = await restore(moved, data)
    runs.push(restored)
    expect(restored.step).toBe(before)
    await go(restored, 1)
    await go(whole, 1)
    for (const run of runs) {
      await go(run, after - 1)
      await vib.complete(run)
    }
    const [first, ...others] = await Promise.all(runs.map(told))
    for (const other of others) expect(other).toEqual(first)
    expect(first.metrics.step).toBe(before + after)
  } finally {
    for (const run of runs) run.dispose()
  }
}

const trainingCases: readonly Case[] = [
  { name: 'two-word MLPs', values: { architecture: 'mlp' }, steps: [13, 12] },
  { name: 'Transformers in a race', values: { race: true, raceGuess: 40 }, steps: [22, 11] },
  { name: 'models of which one has stopped', values: { scheme1: 'custom', std: 1e30 }, steps: [5, 8] },
]

const few = { evaluationSamples: 1, latentDimensions: 4 }
const vibCases: readonly Case[] = [
  {
    name: 'one model with averaged parameters, whose β moves',
    values: { ...few, polyak: 0.9, beta: 1e-3 },
    steps: [13, 10],
    moves: { beta: 10, learningRate: 2e-3 },
  },
  {
    name: 'three models, of which one stops',
    values: { ...few, mode: 'three', beta1: 1e-3, beta2: 3e38, beta3: 0.1, latentDimensions: 3 },
    steps: [11, 10],
  },
]

describe.each(backends)('a saved run on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
    await training.takeMadeUpText()
  })
  afterAll(() => backend.dispose())

  it.each(trainingCases)('goes on with $name', (one) =>
    compare(
      { ...one, values: { ...training.tiny, ...one.values } },
      (values) => training.begin(backend, values),
      async (values, saved) => trainingModule.restoreExperiment!(backend, values, saved),
    ),
  )

  it.each(vibCases)('goes on with $name', (one) =>
    compare(
      { ...one, values: { ...vib.small, ...one.values } },
      (values) => vib.beginOnFew(backend, values),
      (values, saved) => vib.restoreOnFew(backend, values, saved),
    ),
  )
})

describe('a saved run on several threads', () => {
  let backend: Backend
  beforeAll(async () => {
    backend = Object.create(await createWasmBackend(), { spareThreads: { value: 1 } })
    await training.takeMadeUpText()
  })
  afterAll(() => backend.dispose())

  it('goes on with a sweep', () =>
    compare(
      {
        name: 'a sweep',
        values: { ...vib.small, ...few, mode: 'sweep', betaMin: 1e-3, betaMax: 10, betaCount: 3, seeds: 2 },
        steps: [12, 9],
      },
      (values) => vib.beginOnFew(backend, values),
      (values, saved) => vib.restoreOnFew(backend, values, saved),
    ))

  it('goes on with two language models', () =>
    compare(
      // large enough for a thread each
      {
        name: 'two models',
        values: { ...training.tiny, architecture: 'mlp', dModel: 64, context: 64, batchSize: 64 },
        steps: [4, 3],
      },
      (values) => training.begin(backend, values),
      async (values, saved) => trainingModule.restoreExperiment!(backend, values, saved),
    ))

  it('is not divided in another way', async () => {
    const experiment = await vib.beginOnFew(backend, { ...few, mode: 'sweep', betaCount: 2, seeds: 2 })
    await go(experiment, 1)
    const saved = await experiment.save!()
    experiment.dispose()
    const one = Object.create(backend, { spareThreads: { value: 0 } }) as Backend
    const other = await vib.restoreOnFew(one, { ...few, mode: 'sweep', betaCount: 2, seeds: 2 }, saved)
    await expect(vib.complete(other)).rejects.toThrow('divided in another way')
    other.dispose()
  })
})

describe('the deciding values', () => {
  it('leave out what is only shown, and what plays no part', () => {
    const values = { ...vib.small, mode: 'three' as const }
    const deciding = vibModule.deciding!(values)
    expect(deciding).toEqual(vibModule.deciding!({ ...values, image: 7, model: 2, beta: 5, preset: 'sweep' }))
    const changes: ParameterValues[] = [{ seed: 2 }, { beta2: 0.5 }, { learningRate: 1 }, { epochs: 3 }]
    for (const changed of changes)
      expect(vibModule.deciding!({ ...values, ...changed })).not.toEqual(deciding)
  })

  it('do not decide a run on a file of the user’s', () => {
    expect(trainingModule.deciding!(training.tiny)).toBeUndefined()
    const own = { ...training.tiny, text: 'stateOfTheUnion' }
    expect(trainingModule.deciding!(own)).not.toEqual(trainingModule.deciding!({ ...own, seed: 9 }))
  })
})
