/** Our own two backends, called as an experiment calls them. */
import type { Backend, Tensor } from '../../../src/compute/backend.ts'
import { streams } from '../../../src/compute/random.ts'
import {
  type Contestant,
  type Entry,
  fitComponents,
  fitLearningRate,
  fitStarts,
  inputValues,
  type Prepared,
  seeds,
  type Task,
  tableScale,
} from '../contestant.ts'
import { trainingStep } from '../trainingStep/natlab.ts'
import { vibStep } from '../vibStep/natlab.ts'

const histogramBins = 128
const landscapeBins = 256
/** Words drawn at a time when the table is not held whole. */
const sliceWords = 4096
const seed = 1

export async function create(kind: 'wasm' | 'webgpu', threads: Entry['threads']): Promise<Contestant> {
  const gpu = kind === 'webgpu' ? await startGpu() : undefined
  const backend = gpu ?? (await startCpu(threads))
  return {
    about: { adapter: backend.adapter, software: backend.software, threads: gpu ? 0 : backend.threads },
    async prepare(task) {
      const prepared = express(backend, task)
      await backend.finished()
      return prepared
    },
    compileTimes: gpu && (() => gpu.compileTimes()),
  }
}

async function startCpu(threads: Entry['threads']): Promise<Backend> {
  const { createWasmBackend } = await import('../../../src/compute/wasm/index.ts')
  return createWasmBackend({ threads: threads === 'all' ? undefined : threads === 'one' ? 1 : threads })
}

async function startGpu() {
  return (await import('../../../src/compute/webgpu/index.ts')).createWebGpuBackend(navigator.gpu)
}

export function express(backend: Backend, task: Task): Prepared {
  if (task.operation === 'matrixProduct') return matrixProduct(backend, task)
  if (task.operation === 'logitLoss') return logitLoss(backend, task)
  if (task.operation === 'gaussianFit') return gaussianFit(backend, task)
  if (task.operation === 'vibStep') return vibStep(backend, task)
  if (task.operation === 'trainingStep') return trainingStep(backend, task)
  return randomNormal(backend, task)
}

function matrixProduct(
  backend: Backend,
  { m, k, n }: Extract<Task, { operation: 'matrixProduct' }>,
): Prepared {
  const matrix = (tensor: Tensor, rows: number, columns: number) => ({ tensor, rows, columns })
  const left = matrix(backend.upload(inputValues(m * k, seeds.left), [m, k]), m, k)
  const right = matrix(backend.upload(inputValues(k * n, seeds.right), [k, n]), k, n)
  const output = matrix(backend.createTensor([m, n]), m, n)
  return {
    inputBytes: 4 * (m * k + k * n),
    run: () => {
      backend.modelProduct({ models: 1, output, left, right })
      return backend.finished()
    },
    result: () => backend.read(output.tensor) as Promise<Float32Array>,
  }
}

/** The whole lab's statistics, where the peers are asked for the log-sum-exp alone. */
function logitLoss(
  backend: Backend,
  { tokens, dModel, words, generated }: Extract<Task, { operation: 'logitLoss' }>,
): Prepared {
  const hidden = backend.upload(inputValues(tokens * dModel, seeds.hidden), [tokens, dModel])
  const indices = Uint32Array.from({ length: tokens }, (_, token) =>
    Math.floor(((token + 0.5) * words) / tokens),
  )
  const targets = backend.upload(indices, [tokens])
  const inputs = backend.upload(indices.toReversed(), [tokens])
  const scale = generated ? tableScale(dModel) : 1
  const slices = generated ? undefined : residentSlices(backend, words, dModel)
  const drawn = generated ? backend.createTensor([sliceWords, dModel]) : undefined
  let state = backend.createLogitLossState(tokens, 1, histogramBins, landscapeBins)

  const pass = (table: Tensor, firstWord: number, count: number) =>
    backend.logitLoss({
      ...{ hidden, table, words: count, firstWord, targets, inputs, scales: [scale] },
      ...{ vocabulary: words, histogramRange: 8 / scale, state },
    })

  return {
    inputBytes: 4 * (tokens * dModel + 2 * tokens + (slices ? words : sliceWords) * dModel),
    run: () => {
      // a new pass starts from nothing: making the state belongs to the work
      state.dispose()
      state = backend.createLogitLossState(tokens, 1, histogramBins, landscapeBins)
      for (const { table, firstWord, count } of slices ?? []) pass(table, firstWord, count)
      for (let firstWord = 0; drawn && firstWord < words; firstWord += sliceWords) {
        backend.randomNormal(drawn, { seed, stream: streams.embedding }, firstWord)
        pass(drawn, firstWord, Math.min(sliceWords, words - firstWord))
      }
      return backend.finished()
    },
    async result() {
      const { maximum, sumExp } = await backend.readLogitLoss(state)
      return maximum.map((largest, token) => scale * largest + Math.log(sumExp[token]))
    },
  }
}

/** The table in memory, in as many pieces as the largest tensor asks for. */
function residentSlices(backend: Backend, words: number, dModel: number) {
  const values = inputValues(words * dModel, seeds.table, tableScale(dModel))
  const most = Math.min(words, Math.floor(backend.maximumTensorBytes / (4 * dModel)))
  return Array.from({ length: Math.ceil(words / most) }, (_, slice) => {
    const firstWord = slice * most
    const count = Math.min(most, words - firstWord)
    const part = values.subarray(firstWord * dModel, (firstWord + count) * dModel)
    return { table: backend.upload(part, [count, dModel]), firstWord, count }
  })
}

function randomNormal(
  backend: Backend,
  { rows, columns }: Extract<Task, { operation: 'randomNormal' }>,
): Prepared {
  const output = backend.createTensor([rows, columns])
  return {
    inputBytes: 0,
    run: () => {
      backend.randomNormal(output, { seed, stream: streams.embedding })
      return backend.finished()
    },
    result: () => backend.read(output) as Promise<Float32Array>,
  }
}

function gaussianFit(
  backend: Backend,
  { fits, steps }: Extract<Task, { operation: 'gaussianFit' }>,
): Prepared {
  const target = backend.createFitTarget(fitComponents)
  const starts = backend.upload(fitStarts(fits), [fits, 8])
  const state = backend.createTensor([fits, 8])
  const all = { rows: fits, columns: 8 }
  return {
    inputBytes: 32 * fits,
    run: () => {
      backend.copy(1, { tensor: state, ...all }, { tensor: starts, ...all })
      backend.gaussianFit({
        ...{ target, state, divergence: 'reverse' },
        ...{ optimizer: 'gradientDescent', learningRate: fitLearningRate, steps },
      })
      return backend.finished()
    },
    async result() {
      const rows = (await backend.read(state)) as Float32Array
      return rows.filter((_, i) => i % 8 < 2)
    },
  }
}
