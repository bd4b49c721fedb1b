/** What is timed, and what every library has to offer to be timed. */

export type Task =
  /** output [m, n] = left [m, k] · right [k, n] */
  | { operation: 'matrixProduct'; m: number; k: number; n: number }
  /** Log-sum-exp over all words of hidden [tokens, dModel] · table [words, dModel]ᵀ, one figure a token. */
  | { operation: 'logitLoss'; tokens: number; dModel: number; words: number; generated: boolean }
  /** [rows, columns] standard normals */
  | { operation: 'randomNormal'; rows: number; columns: number }

export type Library = 'natlab' | 'TensorFlow.js' | 'jax-js' | 'plain JavaScript'

/** One library on one backend; each gets a worker of its own, and a new one for each case. */
export interface Entry {
  readonly library: Library
  readonly backend: 'wasm' | 'webgpu' | 'none'
  /** Without threads, shared memory is hidden from the library, so that it picks its one-thread build. */
  readonly threads: 'one' | 'all'
}

export interface About {
  readonly adapter: string
  readonly software: boolean
  /** CPU threads that the library computes with; 0 on a GPU backend. */
  readonly threads: number
}

/** A task with its inputs resident in the library's own memory. */
export interface Prepared {
  readonly inputBytes: number
  /** Resolves when the result is complete in the library's memory. This is what is timed. */
  run(): Promise<void>
  /** The result of the last run, on the CPU. */
  result(): Promise<Float32Array>
}

export interface Contestant {
  readonly about: About
  prepare(task: Task): Promise<Prepared>
}

/**
 * Uniform with mean 0 and variance 1, the same in every worker: position hashed with an integer mixer (the
 * constants are those of MurmurHash3's finalizer), so that no row or column resembles another.
 */
export function inputValues(length: number, seed: number, scale = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length)
  const factor = (scale * Math.sqrt(12)) / 2 ** 32
  for (let index = 0; index < length; index++) {
    let bits = Math.imul(index + 1, 0x9e3779b1) ^ seed
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
    values[index] = ((bits ^ (bits >>> 16)) | 0) * factor
  }
  return values
}

export const seeds = { left: 0x1234567, right: 0x7654321, hidden: 0x2468ace, table: 0x13579bd }

/** Entries of the embedding table are drawn at d^-1/2: logits of unit variance. */
export const tableScale = (dModel: number): number => dModel ** -0.5
