/** The data that the init lab's experiment sends to its view. */
import type { Scheme } from '../common/schemes.ts'
import type { TheoryCurve } from './theoryCurves.ts'

/** A setting that was measured: a dot on the charts against d_model. */
export interface MeasuredSetting {
  readonly scheme: Scheme
  readonly dModel: number
  /** nats */
  readonly loss: number
  /** Standard error of `loss`, nats. */
  readonly standardError: number
  readonly logitVariance: number
  /** Standard error of `logitVariance`. */
  readonly logitVarianceError: number
}

/** One scheme's softmax, of the latest batch. */
export interface SchemeFrame {
  readonly scheme: Scheme
  readonly std: number
  /** [rows, bins]: largest probability of each token in each bin of the vocabulary. */
  readonly landscape: Float32Array
}

export interface InitFrame {
  /** Words of the current pass that are measured, 0…vocab; less than vocab only in a partial result. */
  readonly wordsSeen: number
  /** Bin edges in units of the raw logit hidden · E/std: multiply by a scheme's std. [bins + 1] */
  readonly histogramEdges: Float32Array
  /** Probability density per unit of raw logit: divide by a scheme's std. [bins] */
  readonly histogramDensity: Float32Array
  /** Share of the raw logits outside the edges (the raised own logits in tied mode). */
  readonly outside: number
  /** The chosen scheme, and the one it is shown against. */
  readonly schemes: readonly [SchemeFrame, SchemeFrame]
  readonly landscapeRows: number
  readonly landscapeBins: number
  readonly curves: readonly TheoryCurve[]
  /** Settings measured so far with this vocabulary and this kind of hidden state. */
  readonly measured: readonly MeasuredSetting[]
}
