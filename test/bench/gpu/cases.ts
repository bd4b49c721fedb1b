/** What is timed: the hot loops at the sizes that the benchmark's figures are stated for, and at sizes around them. */
import type { Backend } from '../../../src/compute/backend.ts'
import { type Lanes, lossTiles, productTiles } from '../../../src/compute/webgpu/index.ts'
import type { ExperimentModule } from '../../../src/labs/experiment.ts'
import { experimentModule as init } from '../../../src/labs/init/experiment.ts'
import { experimentModule as kl } from '../../../src/labs/kl/experiment.ts'
import type { ParameterValues } from '../../../src/labs/parameter.ts'
import { ladder } from '../../../src/labs/training/calibration.ts'
import { experimentModule as training } from '../../../src/labs/training/experiment.ts'
import { defaults } from '../../../src/labs/validation.ts'
import { experimentModule as vib } from '../../../src/labs/vib/experiment.ts'
import { presets } from '../../../src/labs/vib/parameters.ts'
import { workOf } from '../cases.ts'
import type { Task } from '../contestant.ts'
import { express } from '../contestants/natlab.ts'
import type { Size } from './settings.ts'

/** A loop that is ready to run, and run again. */
export interface Ready {
  /** Floating-point operations, or what the lab counts as such; known after the first run. */
  readonly operations: () => number
  run(): Promise<void>
  /** Of the last run. */
  result(): Promise<Float32Array>
}

export interface LoopCase {
  readonly loop: string
  readonly size: string
  /** One of the sizes that figures are stated for. */
  readonly stated: boolean
  /** Larger tiles that are tried, too. */
  readonly tiles?: readonly Lanes[]
  /** What one run holds of what is counted, as 4 steps. */
  readonly units: number
  readonly unit: string
  prepare(backend: Backend): Promise<Ready>
}

const ofTask = (loop: string, size: string, task: Task, stated: boolean): LoopCase => ({
  ...{ loop, size, stated, units: 1, unit: 'pass' },
  async prepare(backend) {
    const prepared = express(backend, task)
    await backend.finished()
    return { operations: () => workOf(task), run: () => prepared.run(), result: () => prepared.result() }
  },
})

interface OfLab {
  readonly size: string
  readonly values: ParameterValues
  readonly stated?: boolean
  readonly units?: number
  readonly unit?: string
}

const ofLab = (lab: string, module: ExperimentModule, of: OfLab): LoopCase => ({
  ...{ loop: `hot loop of ${lab}`, size: of.size, stated: of.stated ?? false },
  ...{ units: of.units ?? 1, unit: of.unit ?? 'pass' },
  async prepare(backend) {
    const loop = await module.createHotLoop(backend, defaults(module.parameters, of.values))
    let last: { operations: number; result: Float32Array } | undefined
    return {
      operations: () => last?.operations ?? Number.NaN,
      async run() {
        last = await loop.run(async () => false)
      },
      result: async () => last!.result,
    }
  },
})

const product = (m: number, k: number, n: number, stated = false) =>
  ofTask('modelProduct', `${m} × ${k} × ${n}`, { operation: 'matrixProduct', m, k, n }, stated)

const loss = (dModel: number, words: number, stated = false) =>
  ofTask(
    'logitLoss',
    `64 tokens, d_model ${dModel}, ${words} words`,
    { operation: 'logitLoss', tokens: 64, dModel, words, generated: false },
    stated,
  )

const training1 = (values: { dModel: number; vocab: number; batchSize: number }, stated = false) => {
  const { dModel, vocab, batchSize } = values
  const size = `d_model ${dModel}, ${vocab} words, ${batchSize} sequences`
  return ofLab('training', training, { size, values, stated, unit: 'step of both models' })
}

const pass = (dModel: number, vocab: number, stated = false) =>
  ofLab('init', init, { size: `d_model ${dModel}, ${vocab} words`, values: { dModel, vocab }, stated })

const starts = (count: number, stated = false) =>
  ofLab('kl', kl, {
    ...{ size: `${count} starts`, values: { starts: count, optimizer: 'gradientDescent' }, stated },
    ...{ units: 50, unit: 'step of all starts' },
  })

const plane = (count: number) =>
  ofLab('kl', kl, {
    ...{
      size: `${count} starts in the plane`,
      values: { family: 'gaussian2d', target: 'two', starts: count },
    },
    ...{ units: 50, unit: 'step of all starts' },
  })

/** Of the preset, but for the number of images, of which a step does not depend. */
const bottleneck = (size: string, values: ParameterValues, stated = false) =>
  ofLab('vib', vib, {
    ...{ size, values: { ...presets.paper, trainSize: 2000, ...values }, stated },
    ...{ units: 4, unit: 'step' },
  })

/** What the targets are about. */
export const statedLoss = loss(768, 50257, true)
export const largestTraining = training1(ladder[0], true)
const defaultTraining = training1({ dModel: 128, vocab: 4096, batchSize: 8 }, true)

/** So large that natlab measures which variant is faster; operations whose variants are chosen. */
export const largeCases = [product(512, 512, 512), loss(256, 16384), starts(1024), plane(1024)]

const tiled = (test: LoopCase): LoopCase => ({ ...test, tiles: productTiles })

const full: readonly LoopCase[] = [
  tiled(product(512, 512, 512, true)),
  tiled(product(512, 784, 1024, true)),
  ...[256, 1024, 2048, 4096].map((edge) => tiled(product(edge, edge, edge))),
  { ...statedLoss, tiles: lossTiles },
  tiled(largestTraining),
  tiled(defaultTraining),
  tiled(bottleneck('preset paper', {}, true)),
  starts(4096, true),
  pass(768, 50257, true),
  ...[128, 384, 1024, 1536].map((dModel) => loss(dModel, 50257)),
  training1({ dModel: 64, vocab: 2048, batchSize: 8 }),
  training1({ dModel: 256, vocab: 8192, batchSize: 8 }),
  training1({ dModel: 256, vocab: 16384, batchSize: 8 }),
  training1({ dModel: 512, vocab: 16384, batchSize: 32 }),
  bottleneck('preset paper, width 256', { hiddenWidth: 256 }),
  bottleneck('preset paper, width 512', { hiddenWidth: 512 }),
  bottleneck('preset paper, batch 200', { batchSize: 200 }),
  bottleneck('preset paper, batch 500', { batchSize: 500 }),
  ...[1024, 2048, 8192, 16384].map((count) => starts(count)),
  plane(4096),
  ...[128, 256, 1024, 2048].map((dModel) => pass(dModel, 50257)),
]

/** On the CPU, a variant that suits hardware takes eight times as long: smaller, and not all at the stated sizes. */
const small: readonly LoopCase[] = [
  product(256, 256, 256),
  product(512, 512, 512, true),
  tiled(product(64, 64, 64)),
  product(128, 128, 128),
  product(256, 392, 512),
  loss(256, 4096),
  loss(128, 4096),
  loss(512, 2048),
  training1({ dModel: 64, vocab: 1000, batchSize: 4 }),
  bottleneck('preset paper, width 256, batch 50', { hiddenWidth: 256, batchSize: 50 }),
  starts(256),
  starts(1024),
  plane(256),
  pass(64, 8192),
  pass(256, 4096),
]

const quick: readonly LoopCase[] = [product(64, 64, 64), pass(16, 1000)]

export const casesOf: Readonly<Record<Size, readonly LoopCase[]>> = { full, small, quick }
