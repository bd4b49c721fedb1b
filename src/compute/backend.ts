/**
 * A backend runs the operations that experiments are written in. `webgpu` and `wasm` implement the same
 * operations under the same names; nothing above this folder asks which one it is on.
 *
 * Operations are queued and return at once; `read` and `finished` wait. Shapes are checked: a mismatch throws a
 * RangeError that names the operation, the argument and both shapes.
 */
import type { Operations } from './operations/index.ts'
import type { ElementKind, Tensor } from './tensor.ts'

export type { Divergence, FitArguments, FitTarget, Optimizer } from './fits.ts'
export type { MixtureComponent } from './operations/gaussianFit.ts'
export type { LogitLossResult, LogitLossState } from './operations/logitLoss.ts'
export type { PlaneComponent } from './operations/planeFit.ts'
export type { RandomSource } from './random.ts'
export type { Tensor } from './tensor.ts'

export type BackendKind = 'webgpu' | 'wasm'

export interface Backend extends Operations {
  readonly kind: BackendKind
  /** The adapter's name, or the processor's instruction set ("WebAssembly SIMD, relaxed multiply-add, 1 thread"). */
  readonly adapter: string
  /** The adapter computes on the CPU (SwiftShader, llvmpipe, WARP). False for wasm. */
  readonly software: boolean
  /** Largest tensor in bytes. */
  readonly maximumTensorBytes: number
  /** All tensors together, at most, in bytes; Infinity where the device does not tell. */
  readonly memoryBytes: number
  /** How many more backends of this kind could work at the same time, on threads of their own. */
  readonly spareThreads: number
  /**
   * Milliseconds that an answer takes over and above the work, learnt when the backend is opened and from then on; 0 for
   * wasm, where the work is done when a call returns.
   */
  readonly latency: number
  /** Resolves with a sentence when the device is lost for good (never for wasm, never by `dispose`). */
  readonly lost: Promise<string>

  /** A zero-filled tensor. */
  createTensor(shape: readonly number[], kind?: ElementKind): Tensor
  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor
  /** A copy on the CPU, after all that was queued before. */
  read(tensor: Tensor): Promise<Float32Array | Uint32Array>
  /** Waits until all that was queued is done. */
  finished(): Promise<void>
  /**
   * Milliseconds that the device itself takes for what `work` queues, without the way there and back. `work` is called
   * until it was long enough to be told from the clock's own steps, and once before, so that its kernels are compiled.
   */
  timed(work: () => void): Promise<number>
  /**
   * Milliseconds that the device works during `run`, which is called once and waits for all it queues. Without the way
   * to the device and back, and without the pauses in which it has nothing to do where its own clock can be read.
   */
  deviceTime(run: () => Promise<unknown>): Promise<number>

  /** Frees everything. */
  dispose(): void
}

/** What a backend has besides its operations. */
export type Core = Omit<Backend, keyof Operations>

type All<Each> = (Each extends unknown ? (each: Each) => void : never) extends (all: infer Every) => void
  ? Every
  : never

/** The operations of a backend, from what each function of its list makes of the backend's context. */
export function operationsOf<Context, List extends Readonly<Record<string, (context: Context) => object>>>(
  list: List,
  context: Context,
): All<ReturnType<List[keyof List]>> {
  return Object.assign({}, ...Object.values(list).map((make) => make(context)))
}
