/**
 * A backend runs the operations that experiments consist of. `webgpu` and `wasm` implement the same operations under
 * the same names; no code above this folder depends on which one it uses.
 *
 * Operations are queued and return at once; `read` and `finished` wait. Shapes are checked: a mismatch throws a
 * RangeError that names the operation, the argument and both shapes.
 */
import type { Arguments } from './arguments.ts'
import type { Operations } from './operations/index.ts'
import type { ElementKind, OwnTensor, Tensor } from './tensor.ts'

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
  /** Largest size of all tensors together, in bytes; Infinity if the device does not tell it. */
  readonly memoryBytes: number
  /** Threads that compute together, the calling one among them; 1 for WebGPU. */
  readonly threads: number
  /** Why fewer threads compute than are wanted, as a sentence. Undefined where as many do. */
  readonly fewerThreads?: string
  /**
   * Number of further backends of this kind that could work at the same time, each on its own thread; 0 where this
   * backend's own threads use the cores already.
   */
  readonly spareThreads: number
  /**
   * The spare backends, at most `spareThreads`: started by the first call, disposed of with this backend. Their tensors
   * are their own. An operation there goes on while this thread does something else. It does not throw: the next
   * `read` or `finished` rejects with its fault.
   */
  spareBackends(): Promise<readonly Backend[]>
  /**
   * Milliseconds that an answer takes in addition to the work. The backend learns them when it is opened and later; 0
   * for wasm, where the work is done when a call returns.
   */
  readonly latency: number
  /** Milliseconds so far in which kernels were compiled after the backend was opened; 0 for wasm. */
  readonly compiling: number
  /** Resolves with a sentence when the device is lost for good (never for wasm, never by `dispose`). */
  readonly lost: Promise<string>

  /** A zero-filled tensor. */
  createTensor(shape: readonly number[], kind?: ElementKind): Tensor
  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor
  /** Returns a copy on the CPU, after all work that was queued before. */
  read(tensor: Tensor): Promise<Float32Array | Uint32Array>
  /** Waits until all queued work is done. */
  finished(): Promise<void>
  /**
   * Milliseconds that the device itself takes for the work that `work` queues, without the way there and back. `work`
   * is called once to compile its kernels, and then repeatedly, until the time is long beside the steps of the clock.
   */
  timed(work: () => void): Promise<number>
  /**
   * Milliseconds that the device works during `run`, which is called once and waits for all its work. The way to the
   * device and back is left out. If the device's own clock can be read, its pauses without work are left out too.
   */
  deviceTime(run: () => Promise<unknown>): Promise<number>

  /** While this is true, only the calling thread computes. Results do not depend on it. */
  onOneThread: boolean

  /** Frees everything. */
  dispose(): void
}

/** The members of a backend besides its operations. */
export type Core = Omit<Backend, keyof Operations>

/** An operation as a backend's list has it: `on` makes it from the backend's context and its name in the list. */
interface Defined<Context, Given extends unknown[], Result> {
  on(context: Context, name: string): (...given: Given) => Result
}

/**
 * Gives a backend the function that defines its operations: `check` sees the arguments first, and `run` gets what it
 * returns. `begin` begins a check; `prepare` is called once, when the backend is made.
 */
export const defining =
  <Context, T extends OwnTensor>(begin: (context: Context, operation: string) => Arguments<T>) =>
  <Given extends unknown[], Checked, Result>(
    check: (given: Arguments<T>, ...all: Given) => Checked,
    run: (context: Context, checked: Checked) => Result,
    prepare?: (context: Context) => unknown,
  ): Defined<Context, Given, Result> => ({
    on(context, name) {
      prepare?.(context)
      return (...all) => run(context, check(begin(context, name), ...all))
    },
  })

/** The operations of a backend, each under its name in the list. */
export const operationsOf = <Context>(
  list: {
    readonly [Name in keyof Operations]: Defined<
      Context,
      Parameters<Operations[Name]>,
      ReturnType<Operations[Name]>
    >
  },
  context: Context,
): Operations =>
  Object.fromEntries(Object.entries(list).map(([name, each]) => [name, each.on(context, name)])) as never
