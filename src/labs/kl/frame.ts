/** The frame that the KL lab's experiment sends to its view, one kind for each family. */
import type { Divergence, MixtureComponent, PlaneComponent } from '../../compute/backend.ts'

/** A local minimum of an objective on the line. */
export interface Optimum {
  readonly mu: number
  readonly sigma: number
  readonly divergence: number
}

/** A minimum, with the share of the starts that end in it. */
export interface Basin extends Optimum {
  readonly share: number
}

/** Shares of the starts that end in no minimum, and why. */
export interface Rest {
  /** They left the finite range. */
  readonly diverged: number
  /** Their steps ended where no minimum is: a saddle, a plateau, or a place that only the backend’s quadrature holds. */
  readonly held: number
  /** They had not arrived when following ended. */
  readonly moving: number
}

/** One fit on the line at the current step. */
export interface LineFit {
  readonly divergence: Divergence
  readonly mu: number
  readonly sigma: number
  /** The objective at (μ, σ), from float64 quadrature; nats. Infinity is a value. */
  readonly value: number
  /** Whether the fit left the finite range; (mu, sigma) is then the last finite point. */
  readonly diverged: boolean
  /** [points, 4]: step, μ, log σ, descended objective; thinned out, with the first and the latest point. */
  readonly path: Float32Array
  /** The objective's local minima, best first; for forward KL the moment match. */
  readonly optima: readonly Optimum[]
}

/** An objective over a lattice of (μ, log σ). */
export interface Landscape {
  readonly divergence: Divergence
  readonly mu: Float32Array
  readonly logSigma: Float32Array
  /** [logSigma, mu] */
  readonly values: Float32Array
}

/** Basin of a particle that is not yet followed to its end, or that ends in no minimum. */
export const unknownBasin = 255

export interface LineFrame {
  readonly family: 'gaussian1d'
  readonly components: readonly MixtureComponent[]
  readonly forward: LineFit
  readonly reverse: LineFit
  readonly third: LineFit | undefined
  /** The objective of the many starts, present from the first complete frame on. */
  readonly landscape: Landscape | undefined
  /** [starts, 2]: μ, log σ at the current step. */
  readonly particles: Float32Array
  /** [starts]: index into `basins`, or `unknownBasin`. */
  readonly particleBasins: Uint8Array
  /** Best first; empty until all starts are followed to their ends. */
  readonly basins: readonly Basin[]
  /** The starts that end in none of `basins`; undefined as long as these are empty for want of following. */
  readonly rest: Rest | undefined
  /** Share of the starts followed to their ends so far, 0…1. */
  readonly followed: number
  /** Whether playing ended before the shown fits were at rest. */
  readonly cutShort: boolean
}

/** A Gaussian in the plane. */
export interface PlaneFit {
  readonly divergence: 'forward' | 'reverse'
  readonly mean: readonly [number, number]
  /** Variance of x, covariance, variance of y. */
  readonly covariance: readonly [number, number, number]
  readonly value: number
  readonly diverged: boolean
  /** [points, 4]: step, μx, μy, divergence. */
  readonly path: Float32Array
  readonly optima: readonly PlaneOptimum[]
}

export interface PlaneOptimum {
  readonly mean: readonly [number, number]
  readonly covariance: readonly [number, number, number]
  readonly divergence: number
}

export interface PlaneFrame {
  readonly family: 'gaussian2d'
  readonly components: readonly PlaneComponent[]
  readonly forward: PlaneFit
  readonly reverse: PlaneFit
  /** [starts, 5]: μx, μy, variance of x, covariance, variance of y at the current step of reverse KL's descent. */
  readonly particles: Float32Array
  readonly particleBasins: Uint8Array
  readonly basins: readonly (PlaneOptimum & { readonly share: number })[]
  readonly rest: Rest | undefined
  readonly followed: number
  readonly cutShort: boolean
}

/** A frame without data: the view draws P and Q from the parameters, with uniform.ts. */
export interface UniformFrame {
  readonly family: 'uniform'
}

export type KlFrame = LineFrame | PlaneFrame | UniformFrame
