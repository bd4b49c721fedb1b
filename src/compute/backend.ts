/**
 * A backend runs the operations that experiments are written in. `webgpu` and `wasm` implement the same
 * operations under the same names; nothing above this folder asks which one it is on.
 *
 * Tensors are dense, row-major, and live in the backend's memory until `dispose`. Operations are queued and
 * return at once; `read` and `finished` wait. Shapes are checked: a mismatch throws a RangeError that names
 * the operation, the argument and both shapes.
 */

import type { NetworkOperations } from './network.ts'
import type { TransformerOperations } from './transformer.ts'

export type ElementKind = 'float32' | 'uint32'

export interface Tensor {
  readonly shape: readonly number[]
  readonly kind: ElementKind
  dispose(): void
}

export type BackendKind = 'webgpu' | 'wasm'

/** Where normals come from: decides every draw. Counter of element (row, column): (column >> 2, row, stream, batch). */
export interface RandomSource {
  /** 32-bit unsigned; the Philox key is (seed, 0). */
  readonly seed: number
  /** What is drawn: see `streams` in random.ts. */
  readonly stream: number
  readonly batch?: number
}

export interface LogitLossArguments {
  /** [tokens, dModel] */
  readonly hidden: Tensor
  /** [words, dModel or more columns]: rows `firstWord`… of the embedding table; only the first dModel columns count. */
  readonly table: Tensor
  /** How many rows of `table` are words; the rest of the slice is ignored. */
  readonly words: number
  readonly firstWord: number
  /** uint32 [tokens]: each token's target word, anywhere in the vocabulary. */
  readonly targets: Tensor
  /** uint32 [tokens]: each token's input word, whose logit is kept as the own logit. */
  readonly inputs: Tensor
  /** Each logit is scale · (hidden · table row); statistics are kept for every scale. One or two, positive. */
  readonly scales: readonly number[]
  readonly vocabulary: number
  /** Histogram bins span ±histogramRange in units of hidden · table row, plus one overflow bin at each end. */
  readonly histogramRange: number
  readonly state: LogitLossState
}

/**
 * Running result of `logitLoss`. "Raw" means before scaling: u = hidden · table row. Merging slices in any
 * order gives the same result up to rounding. Sums are exact enough for 262,144 words: relative error < 1e-5.
 */
export interface LogitLossState {
  readonly tokens: number
  readonly scaleCount: number
  readonly histogramBins: number
  readonly landscapeBins: number
  dispose(): void
}

/** `LogitLossState` on the CPU. */
export interface LogitLossResult {
  /** [tokens] largest raw logit so far. */
  readonly maximum: Float32Array
  /** [scaleCount, tokens] Σ exp(l − m) with l = scale · u and m = scale · maximum. */
  readonly sumExp: Float32Array
  /** [scaleCount, tokens] Σ (l − m) exp(l − m), from which Σ p log p. */
  readonly sumShiftedExp: Float32Array
  /** [scaleCount, tokens] Σ exp(2 (l − m)), from which Σ p². */
  readonly sumSquaredExp: Float32Array
  /** [tokens] raw logit of the target; NaN until its slice has passed. */
  readonly targetLogit: Float32Array
  /** [tokens] raw logit of the input word; NaN until its slice has passed. */
  readonly ownLogit: Float32Array
  /** [tokens] Σ u and Σ u². */
  readonly sum: Float32Array
  readonly sumOfSquares: Float32Array
  /** [histogramBins + 2] counts of u: below, the bins, above. */
  readonly histogram: Uint32Array
  /** [tokens, landscapeBins] largest raw logit in the bin (words are split evenly); −3e38 where none yet. */
  readonly landscape: Float32Array
}

/**
 * What a Gaussian Q is fitted to a target P by. forward = KL(P‖Q), reverse = KL(Q‖P), jeffreys = their sum,
 * jensenShannon = ½ KL(P‖M) + ½ KL(Q‖M) with M = ½ (P + Q), alpha = Minka's D_α(P‖Q) (0 is reverse, 1 forward),
 * chiSquared = ∫ p²/q − 1. All in nats but the last two, which have no unit.
 */
export type Divergence = 'forward' | 'reverse' | 'jeffreys' | 'jensenShannon' | 'alpha' | 'chiSquared'

export type Optimizer = 'gradientDescent' | 'momentum' | 'adam'

/** One Gaussian of a mixture on the line. */
export interface MixtureComponent {
  /** Above 0; the weights of a mixture sum to 1. */
  readonly weight: number
  readonly mean: number
  readonly sd: number
}

/** One Gaussian of a mixture in the plane. */
export interface PlaneComponent {
  readonly weight: number
  readonly mean: readonly [number, number]
  /** Variance of x, covariance, variance of y. */
  readonly covariance: readonly [number, number, number]
}

/** A target P that lies ready in the backend's memory, with the grid that follows it. */
export interface FitTarget {
  readonly dimensions: 1 | 2
  /** Quadrature points that one evaluation takes; on the line those of P's and Q's panels together. */
  readonly quadraturePoints: number
  dispose(): void
}

export interface GaussianFitArguments {
  readonly target: FitTarget
  /**
   * One row a fit, read and written.
   * On the line (`gaussianFit`) float32 [fits, 8]: μ, log σ, the optimizer's first moments of both, its second
   * moments of both, the divergence, updates done.
   * In the plane (`planeFit`) float32 [fits, 20]: μx, μy, log L₁₁, L₂₁, log L₂₂ (Σ = L Lᵀ), the first moments of
   * the five, their second moments, the divergence, updates done, and three of padding.
   * The divergence is that of the last point evaluated: `steps` = 0 evaluates the present one. For chiSquared it
   * is ln(1 + χ²), which is what is descended: the same minima, and no overflow far from them. A fit whose next point
   * would not be finite (or beyond |μ| 1e6, |log σ| 40) stays where it is, with updates done as −1 − updates; it
   * is left alone from then on.
   */
  readonly state: Tensor
  /** The fits to advance: `fits` rows from `firstFit`; default: all. */
  readonly firstFit?: number
  readonly fits?: number
  readonly divergence: Divergence
  /** For the divergence alpha, 0…1. */
  readonly alpha?: number
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** μ only; σ (or Σ) stays. */
  readonly fixedSigma?: boolean
  /** Plane only: L₂₁ stays 0, a mean-field Q. */
  readonly diagonal?: boolean
  /** Updates to do, all in one go; 0 only evaluates. */
  readonly steps: number
  /** Fits whose largest gradient entry is below this at a step are not updated in it. Default 0: all are. */
  readonly tolerance?: number
  /**
   * float32 [steps, fits of `state`, 4 on the line, 8 in the plane]: the points before each update (μ, log σ or the
   * five), the divergence there, and the largest absolute entry of the gradient; padding of the plane 0.
   */
  readonly history?: Tensor
}

export interface Backend extends NetworkOperations, TransformerOperations {
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

  /** The raw Philox-4x32-10 words: output [rows, columns] uint32; rows `firstRow`… of the stream. */
  randomBits(output: Tensor, source: RandomSource, firstRow?: number): void
  /** Standard normals: output [rows, columns] float32; rows `firstRow`… of the stream. */
  randomNormal(output: Tensor, source: RandomSource, firstRow?: number): void
  /** As `randomNormal`, but row i of the output is row `rows[i]` (uint32 [rows]) of the stream. */
  randomNormalRows(output: Tensor, source: RandomSource, rows: Tensor): void
  /** output = first · firstScale + second · secondScale, all of one shape (output may be either input). */
  weightedSum(output: Tensor, first: Tensor, firstScale: number, second: Tensor, secondScale: number): void
  /** Every row to mean 0 and variance 1 (no gain, ε = 1e-5 as usual): [rows, columns] → same shape, may be in place. */
  layerNorm(output: Tensor, input: Tensor): void
  /** output [m, n] = left [m, k] · right [k, n]. */
  matrixProduct(output: Tensor, left: Tensor, right: Tensor): void
  /** An empty state: nothing seen yet. Landscape and histogram sizes are fixed here. */
  createLogitLossState(
    tokens: number,
    scaleCount: number,
    histogramBins: number,
    landscapeBins: number,
  ): LogitLossState
  /** Streams one slice of the embedding table through the loss; no logit is stored. */
  logitLoss(parameters: LogitLossArguments): void
  readLogitLoss(state: LogitLossState): Promise<LogitLossResult>

  /** P on the line: 1 to 6 components, weights that sum to 1. */
  createFitTarget(components: readonly MixtureComponent[]): FitTarget
  /** P in the plane: 1 to 6 components, weights that sum to 1. */
  createPlaneTarget(components: readonly PlaneComponent[]): FitTarget
  /** Many Gaussians on the line fitted by gradient descent on (μ, log σ), each by quadrature over P's and Q's panels. */
  gaussianFit(parameters: GaussianFitArguments): void
  /** Many Gaussians in the plane fitted on (μ, log L₁₁, L₂₁, log L₂₂); divergence forward or reverse. */
  planeFit(parameters: GaussianFitArguments): void

  /** Frees everything. */
  dispose(): void
}
