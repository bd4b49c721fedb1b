/** jax-js on its WASM or its WebGPU backend, compiled by its own jit. */
import { defaultDevice, getWebGPUDevice, init, jit, nn, numpy as np } from '@jax-js/jax'
import { type Contestant, inputValues, type Prepared, seeds, type Task, tableScale } from '../contestant.ts'
import { trainingStep } from '../trainingStep/jax.ts'
import { vibStep } from '../vibStep/jax.ts'

export async function create(backend: 'wasm' | 'webgpu', threads: 'one' | 'all'): Promise<Contestant> {
  if (!(await init(backend)).includes(backend)) throw new Error(`jax-js has no ${backend} here`)
  defaultDevice(backend)

  async function prepare(task: Task): Promise<Prepared> {
    if (task.operation === 'vibStep') return vibStep(task)
    if (task.operation === 'trainingStep') return trainingStep(task)
    const { first, second, compute } = express(task)
    await Promise.all([first.blockUntilReady(), second.blockUntilReady()])
    let output: np.Array | undefined
    return {
      inputBytes: 4 * (first.size + second.size),
      async run() {
        output?.dispose()
        output = compute(first.ref, second.ref)
        await output.blockUntilReady()
      },
      result: async () => Float32Array.from((await output!.ref.data()) as Float32Array),
    }
  }

  const info = backend === 'webgpu' ? getWebGPUDevice().adapterInfo : undefined
  return {
    about: {
      adapter: info ? `${info.vendor} ${info.architecture}` : 'WebAssembly SIMD',
      software: /swiftshader|llvmpipe|warp/i.test(info?.architecture ?? ''),
      threads: info ? 0 : threads === 'one' ? 1 : navigator.hardwareConcurrency,
    },
    prepare,
  }
}

type Binary = (first: np.Array, second: np.Array) => np.Array

function express(task: Task): { first: np.Array; second: np.Array; compute: Binary } {
  if (task.operation === 'matrixProduct') {
    const { m, k, n } = task
    return {
      first: np.array(inputValues(m * k, seeds.left), { shape: [m, k] }),
      second: np.array(inputValues(k * n, seeds.right), { shape: [k, n] }),
      compute: jit<Binary>((left, right) => np.matmul(left, right)),
    }
  }
  if (task.operation === 'logitLoss') {
    const { tokens, dModel, words } = task
    // words as rows: stored transposed, the product takes ten times as long on WASM
    return {
      first: np.array(inputValues(tokens * dModel, seeds.hidden), { shape: [tokens, dModel] }),
      second: np.array(inputValues(words * dModel, seeds.table, tableScale(dModel)), {
        shape: [words, dModel],
      }),
      compute: jit<Binary>((hidden, table) => nn.logsumexp(np.matmul(hidden, np.matrixTranspose(table)), 1)),
    }
  }
  throw new Error(`jax-js is not asked for ${task.operation}`)
}
