/** TensorFlow.js on its WASM or its WebGPU backend. */
import * as tf from '@tensorflow/tfjs-core'
import { type Contestant, inputValues, type Prepared, seeds, type Task, tableScale } from '../contestant.ts'
import { trainingStep } from '../trainingStep/tensorflow.ts'
import { vibStep } from '../vibStep/tensorflow.ts'

/** How many threads it then really has. */
async function startWasm(threads: number): Promise<number> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  // vite serves this folder as the root
  wasm.setWasmPaths(`${location.origin}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`)
  wasm.setThreadsCount(threads)
  await tf.setBackend('wasm')
  return wasm.getThreadsCount()
}

async function startWebGpu(): Promise<number> {
  await import('@tensorflow/tfjs-backend-webgpu')
  await tf.setBackend('webgpu')
  return 0
}

export async function create(backend: 'wasm' | 'webgpu', threads: 'one' | 'all'): Promise<Contestant> {
  const wanted = threads === 'one' ? 1 : navigator.hardwareConcurrency
  const threadCount = await (backend === 'wasm' ? startWasm(wanted) : startWebGpu())

  async function prepare(task: Task): Promise<Prepared> {
    const { compute, gradient } = await express(task)
    let output: tf.Tensor | undefined
    return {
      inputBytes: tf.memory().numBytes,
      async run() {
        output?.dispose()
        output = tf.tidy(compute)
        await finished()
      },
      result: async () => Float32Array.from(await output!.data()),
      gradient,
    }
  }

  const { vendor = '', architecture = '' } = tf.backend().adapterInfo ?? {}
  return {
    about: {
      adapter: backend === 'wasm' ? 'WebAssembly SIMD' : `${vendor} ${architecture}`.trim(),
      software: /swiftshader|llvmpipe|warp/i.test(architecture),
      threads: threadCount,
    },
    prepare,
  }
}

/** On WASM a result is complete when the call returns; on WebGPU commands may still wait to be submitted. */
async function finished(): Promise<void> {
  const backend = tf.backend()
  if (backend.commandEncoder) {
    backend.endComputePassEncoder!()
    backend.submitQueue!()
  }
  await backend.device?.queue.onSubmittedWorkDone()
}

/** On WebGPU a tensor is otherwise sent when it is first used. */
async function resident(values: Float32Array | Int32Array, shape: number[]): Promise<tf.Tensor> {
  const tensor = tf.tensor(values, shape)
  tf.backend().uploadToGPU?.(tensor.dataId)
  await finished()
  return tensor
}

interface Expressed extends Pick<Prepared, 'gradient'> {
  compute(): tf.Tensor
}

async function express(task: Task): Promise<Expressed> {
  if (task.operation === 'matrixProduct') {
    const { m, k, n } = task
    const left = await resident(inputValues(m * k, seeds.left), [m, k])
    const right = await resident(inputValues(k * n, seeds.right), [k, n])
    // on WASM the right factor is packed in the first run and kept: later runs are spared what ours do each time
    return { compute: () => tf.matMul(left, right) }
  }
  if (task.operation === 'logitLoss') {
    const { tokens, dModel, words } = task
    const hidden = await resident(inputValues(tokens * dModel, seeds.hidden), [tokens, dModel])
    // stored transposed: ten times faster on WASM, where it is packed once and kept, and no slower on WebGPU
    const table = await resident(transposedTable(words, dModel), [dModel, words])
    return { compute: () => tf.logSumExp(tf.matMul(hidden, table), 1) }
  }
  if (task.operation === 'vibStep') return vibStep(task, resident)
  if (task.operation === 'trainingStep') return trainingStep(task, resident)
  throw new Error(`TensorFlow.js is not asked for ${task.operation}`)
}

function transposedTable(words: number, dModel: number): Float32Array {
  const table = inputValues(words * dModel, seeds.table, tableScale(dModel))
  const transposed = new Float32Array(table.length)
  for (let word = 0; word < words; word++)
    for (let column = 0; column < dModel; column++)
      transposed[column * words + word] = table[word * dModel + column]
  return transposed
}
