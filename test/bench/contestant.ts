/** What is timed, and what every library has to offer to be timed. */
import { lineBreakpoints, linePoints } from '../../src/compute/lineGrid.ts'

export type Task =
  /** output [m, n] = left [m, k] · right [k, n] */
  | { operation: 'matrixProduct'; m: number; k: number; n: number }
  /** Log-sum-exp over all words of hidden [tokens, dModel] · table [words, dModel]ᵀ, one figure a token. */
  | { operation: 'logitLoss'; tokens: number; dModel: number; words: number; generated: boolean }
  /** [rows, columns] standard normals */
  | { operation: 'randomNormal'; rows: number; columns: number }
  /** Gradient descents of reverse KL to `fitComponents`, with its value at each step: μ and log σ of each. */
  | { operation: 'gaussianFit'; fits: number; steps: number }
  /** Training steps of the VIB lab's preset `paper`, with each step's loss. A later run trains on. */
  | { operation: 'vibStep'; steps: number }
  /** Training steps of the init lab's default model with so many words, with each step's loss. A later run trains on. */
  | { operation: 'trainingStep'; steps: number; words: number }

export type VibStepTask = Extract<Task, { operation: 'vibStep' }>
export type TrainingStepTask = Extract<Task, { operation: 'trainingStep' }>

export type Library = 'natlab' | 'TensorFlow.js' | 'jax-js' | 'plain JavaScript'

/** One library on one backend; each gets a worker of its own, and a new one for each case. */
export interface Entry {
  readonly library: Library
  readonly backend: 'wasm' | 'webgpu' | 'none'
  /**
   * `all`: as the library's users get it on this machine. For `one`, shared memory is hidden from the library, so that it
   * picks its one-thread build. natlab can be told a number.
   */
  readonly threads: 'one' | 'all' | number
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
  /** Of a training: the gradient at the parameters as they now are, in the order of the layout. */
  gradient?(): Promise<Float32Array>
}

export interface Contestant {
  readonly about: About
  prepare(task: Task): Promise<Prepared>
  /** Milliseconds that each kernel used so far took to compile, where that is known. */
  compileTimes?(): Readonly<Record<string, number>>
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

/** The mixture that Gaussians are fitted to. */
export const fitComponents = [
  { weight: 0.4, mean: -3, sd: 1 },
  { weight: 0.35, mean: 1, sd: 0.75 },
  { weight: 0.25, mean: 4, sd: 1.25 },
]
export const fitPoints = linePoints(lineBreakpoints(fitComponents).length)
export const fitLearningRate = 0.05

/** Rows of `gaussianFit`'s state: means from −6 to 6, standard deviations from ½ to 2. */
export function fitStarts(fits: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(8 * fits)
  for (let fit = 0; fit < fits; fit++) {
    rows[8 * fit] = (12 * (fit + 0.5)) / fits - 6
    rows[8 * fit + 1] = Math.log(2) * Math.sin(fit)
  }
  return rows
}

export const seeds = { left: 0x1234567, right: 0x7654321, hidden: 0x2468ace, table: 0x13579bd }

/** Entries of the embedding table are drawn at d^-1/2: logits of unit variance. */
export const tableScale = (dModel: number): number => dModel ** -0.5
